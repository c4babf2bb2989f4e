// The stand-in for libcudnn.so.9: the recurrent calls, their descriptors and what they refuse.

#include <algorithm>
#include <vector>

#include "cudnn_rnn.h"

using namespace dnn;

namespace {

enum { ALGO_STANDARD = 0, DOUBLE_BIAS = 2, LINEAR_INPUT = 0, PADDED_IO = 1 };
enum { FIRST_WITH_BFLOAT16 = 91300 };
enum { BATCH_MAJOR_UNPACKED = 2, MODE_TRAINING = 1, WGRAD_ADD = 0 };

struct Dropout {
  float probability = -1;
};

// Checks what all three passes share.
struct Call {
  const char* name;
  Handle* handle;
  Rnn rnn;
  Data x, y;
  Tensor states;
  size_t weightBytes, workspaceBytes, reserveBytes;
  const void *weights, *workspace, *reserve;

  Reserve kept() const { return {rnn, x.batch, x.steps, static_cast<double*>(const_cast<void*>(reserve))}; }

  bool is_sound() const {
    bool fits = x.type == rnn.type && y.type == rnn.type && x.batch == y.batch && x.steps == y.steps &&
                x.width == rnn.features && y.width == rnn.width() &&
                states == Tensor{rnn.type, rnn.layers * rnn.directions, x.batch, rnn.hidden, 1};
    return fits && weightBytes == rnn.weights() * bytes_of(rnn.type) && workspaceBytes >= workspace_bytes() &&
           reserveBytes >= kept().bytes() && lie_at(weights, rnn.weights(), rnn.type, name) &&
           host::is_device_memory(workspace, workspace_bytes(), name) &&
           host::is_device_memory(reserve, kept().bytes(), name);
  }

  size_t workspace_bytes() const { return x.batch * rnn.rows() * sizeof(double) + 24; }
};

template <class... Pointers>
bool are_states(const Call& call, Pointers... pointers) {
  return (lies_at(pointers, call.states, call.name) && ...);
}

}  // namespace

extern "C" {

int cudnnCreateDropoutDescriptor(Dropout** descriptor) {
  *descriptor = new Dropout;
  host::created("cuDNN dropout descriptor");
  return SUCCESS;
}

int cudnnDestroyDropoutDescriptor(Dropout* descriptor) {
  delete descriptor;
  host::destroyed("cuDNN dropout descriptor");
  return SUCCESS;
}

// No dropout needs no random numbers and no memory for them.
int cudnnSetDropoutDescriptor(Dropout* descriptor, Handle*, float probability, void* states, size_t bytes,
                              unsigned long long) {
  if (probability != 0 || states || bytes) return NOT_SUPPORTED;
  descriptor->probability = probability;
  return SUCCESS;
}

int cudnnCreateRNNDescriptor(Rnn** descriptor) {
  *descriptor = new Rnn;
  host::created("cuDNN RNN descriptor");
  return SUCCESS;
}

int cudnnDestroyRNNDescriptor(Rnn* descriptor) {
  delete descriptor;
  host::destroyed("cuDNN RNN descriptor");
  return SUCCESS;
}

int cudnnSetRNNDescriptor_v8(Rnn* descriptor, int algorithm, int cell, int bias, int direction, int input, int type,
                             int precision, int math, int features, int hidden, int projected, int layers,
                             const Dropout* dropout, unsigned flags) {
  if (algorithm != ALGO_STANDARD || bias != DOUBLE_BIAS || input != LINEAR_INPUT || flags != PADDED_IO) return NOT_SUPPORTED;
  if (cell < RELU || cell > GRU || direction < 0 || direction > 1 || precision != accumulator(type)) return BAD_PARAM;
  if ((type == BFLOAT16 && host::cudnn_version() < FIRST_WITH_BFLOAT16) || !is_math(math, type) || projected != hidden) return NOT_SUPPORTED;
  if (features < 1 || hidden < 1 || layers < 1 || dropout->probability != 0) return BAD_PARAM;
  *descriptor = {cell, type, direction + 1, features, hidden, layers};
  return SUCCESS;
}

int cudnnCreateRNNDataDescriptor(Data** descriptor) {
  *descriptor = new Data;
  host::created("cuDNN RNN data descriptor");
  return SUCCESS;
}

int cudnnDestroyRNNDataDescriptor(Data* descriptor) {
  delete descriptor;
  host::destroyed("cuDNN RNN data descriptor");
  return SUCCESS;
}

int cudnnSetRNNDataDescriptor(Data* descriptor, int type, int layout, int steps, int batch, int width,
                              const int* lengths, const void*) {
  if (layout != BATCH_MAJOR_UNPACKED || !is_type(type)) return NOT_SUPPORTED;
  if (steps < 1 || batch < 1 || width < 1) return BAD_PARAM;
  for (int n = 0; n < batch; n++) {
    if (lengths[n] != steps) return NOT_SUPPORTED;
  }
  *descriptor = {type, steps, batch, width};
  return SUCCESS;
}

int cudnnGetRNNWeightSpaceSize(Handle*, const Rnn* rnn, size_t* bytes) {
  *bytes = rnn->weights() * bytes_of(rnn->type);
  return SUCCESS;
}

int cudnnGetRNNTempSpaceSizes(Handle*, const Rnn* rnn, int mode, const Data* x, size_t* workspace, size_t* reserve) {
  if (mode != MODE_TRAINING) return NOT_SUPPORTED;
  Call call{};
  call.rnn = *rnn;
  call.x = *x;
  *workspace = call.workspace_bytes();
  *reserve = call.kept().bytes();
  return SUCCESS;
}

int cudnnGetRNNWeightParams(Handle*, const Rnn* rnn, int layer, size_t bytes, const void* weights, int matrix,
                            Tensor* matrixDesc, const void** matrixAt, Tensor* biasDesc, const void** biasAt) {
  if (bytes != rnn->weights() * bytes_of(rnn->type) || matrix >= 2 * rnn->gates()) return BAD_PARAM;
  int kind = matrix >= rnn->gates();
  int64_t l = layer / rnn->directions, d = layer % rnn->directions, gate = matrix % rnn->gates();
  int64_t columns = kind == 0 ? rnn->in(l) : rnn->hidden;
  auto* base = static_cast<const char*>(weights);
  *matrixAt = base + (rnn->weight(l, d, kind) + gate * rnn->hidden * columns) * bytes_of(rnn->type);
  *biasAt = base + (rnn->weight(l, d, kind + 2) + gate * rnn->hidden) * bytes_of(rnn->type);
  *matrixDesc = {rnn->type, 1, rnn->hidden, columns, 1};
  *biasDesc = {rnn->type, 1, rnn->hidden, 1, 1};
  return SUCCESS;
}

int cudnnRNNForward(Handle* handle, const Rnn* rnn, int mode, const int*, const Data* xDesc, const void* x,
                    const Data* yDesc, void* y, const Tensor* hDesc, const void* hx, void* hy, const Tensor*,
                    const void* cx, void* cy, size_t weightBytes, const void* weights, size_t workspaceBytes,
                    void* workspace, size_t reserveBytes, void* reserve) {
  Call call{"cudnnRNNForward", handle, *rnn, *xDesc, *yDesc, *hDesc, weightBytes, workspaceBytes, reserveBytes, weights,
            workspace, reserve};
  if (mode != MODE_TRAINING || !call.is_sound() || !are_states(call, hx, hy)) return BAD_PARAM;
  if (rnn->cell == LSTM && !are_states(call, cx, cy)) return BAD_PARAM;
  if (!lie_at(x, call.x.count(), rnn->type, call.name) || !lie_at(y, call.y.count(), rnn->type, call.name)) return BAD_PARAM;
  return by_type(rnn->type, [=](auto zero) {
    using T = decltype(zero);
    host::enqueue(handle->stream, [=] {
      Pass<T> pass{call.rnn, call.kept(), static_cast<const T*>(x), static_cast<const T*>(weights),
                   static_cast<const T*>(hx), static_cast<const T*>(cx)};
      std::fill_n(static_cast<unsigned char*>(workspace), call.workspace_bytes(), 0xA5);
      int64_t last = call.x.steps - 1, H = call.rnn.hidden;
      for (int64_t l = 0; l < call.rnn.layers; l++) {
        pass.for_each_sequence(l, [&](int64_t d, int64_t n) {
          for (int64_t turn = 0; turn <= last; turn++) pass.step(l, d, n, turn);
          int64_t t = pass.reserve.time(d, last), at = pass.state(l, d, n);
          for (int64_t k = 0; k < H; k++) {
            static_cast<T*>(hy)[at + k] = T(pass.reserve.h(l, d, n, t)[k]);
            if (call.rnn.cell == LSTM) static_cast<T*>(cy)[at + k] = T(pass.reserve.extra(l, d, n, t)[k]);
          }
        });
      }
      for (int64_t i = 0; i < call.y.count(); i++) {
        int64_t row = i / call.y.width;
        static_cast<T*>(y)[i] = T(pass.input(call.rnn.layers, row / call.x.steps, row % call.x.steps, i % call.y.width));
      }
      pass.reserve.state() = 1;
    });
  });
}

int cudnnRNNBackwardData_v8(Handle* handle, const Rnn* rnn, const int*, const Data* yDesc, const void* y, const void* dy,
                            const Data* xDesc, void* dx, const Tensor* hDesc, const void* hx, const void* dhy, void* dhx,
                            const Tensor*, const void* cx, const void* dcy, void* dcx, size_t weightBytes,
                            const void* weights, size_t workspaceBytes, void* workspace, size_t reserveBytes,
                            void* reserve) {
  Call call{"cudnnRNNBackwardData_v8", handle, *rnn, *xDesc, *yDesc, *hDesc, weightBytes, workspaceBytes, reserveBytes,
            weights, workspace, reserve};
  if (!call.is_sound() || !are_states(call, hx, dhy, dhx)) return BAD_PARAM;
  if (rnn->cell == LSTM && !are_states(call, cx, dcy, dcx)) return BAD_PARAM;
  if (!lie_at(y, call.y.count(), rnn->type, call.name) || !lie_at(dy, call.y.count(), rnn->type, call.name) ||
      !lie_at(dx, call.x.count(), rnn->type, call.name)) {
    return BAD_PARAM;
  }
  return by_type(rnn->type, [=](auto zero) {
    using T = decltype(zero);
    host::enqueue(handle->stream, [=] {
      Pass<T> pass{call.rnn, call.kept(), nullptr, static_cast<const T*>(weights), static_cast<const T*>(hx),
                   static_cast<const T*>(cx)};
      if (pass.reserve.state() < 1) host::violation("cudnnRNNBackwardData_v8 before cudnnRNNForward");
      int64_t H = call.rnn.hidden, steps = call.x.steps;
      std::vector<double> upstream(static_cast<const T*>(dy), static_cast<const T*>(dy) + call.y.count());
      for (int64_t l = call.rnn.layers - 1; l >= 0; l--) {
        int64_t in = call.rnn.in(l);
        std::vector<double> below(call.x.batch * steps * in);
        pass.for_each_sequence(l, [&](int64_t d, int64_t n) {
          int64_t at = pass.state(l, d, n);
          auto* last = static_cast<const T*>(dhy) + at;
          std::vector<double> dh(last, last + H), dc(H);
          for (int64_t k = 0; call.rnn.cell == LSTM && k < H; k++) dc[k] = static_cast<const T*>(dcy)[at + k];
          for (int64_t turn = steps - 1; turn >= 0; turn--) {
            int64_t t = pass.reserve.time(d, turn), row = n * steps + t;
            for (int64_t k = 0; k < H; k++) dh[k] += upstream[row * call.rnn.width() + d * H + k];
            pass.step_back(l, d, n, turn, dh, dc);
            for (int64_t r = 0; r < call.rnn.rows(); r++)
              for (int64_t i = 0; i < in; i++)
                below[row * in + i] += pass.reserve.to_input(l, d, n, t)[r] * pass.weight(l, d, 0)[r * in + i];
          }
          for (int64_t k = 0; k < H; k++) {
            static_cast<T*>(dhx)[at + k] = T(dh[k]);
            if (call.rnn.cell == LSTM) static_cast<T*>(dcx)[at + k] = T(dc[k]);
          }
        });
        upstream = below;
      }
      std::transform(upstream.begin(), upstream.end(), static_cast<T*>(dx), [](double value) { return T(value); });
      pass.reserve.state() = 2;
    });
  });
}

int cudnnRNNBackwardWeights_v8(Handle* handle, const Rnn* rnn, int mode, const int*, const Data* xDesc, const void* x,
                               const Tensor* hDesc, const void* hx, const Data* yDesc, const void* y, size_t weightBytes,
                               void* dweights, size_t workspaceBytes, void* workspace, size_t reserveBytes,
                               void* reserve) {
  Call call{"cudnnRNNBackwardWeights_v8", handle, *rnn, *xDesc, *yDesc, *hDesc, weightBytes, workspaceBytes,
            reserveBytes, dweights, workspace, reserve};
  if (mode != WGRAD_ADD) return NOT_SUPPORTED;
  if (!call.is_sound() || !are_states(call, hx)) return BAD_PARAM;
  if (!lie_at(x, call.x.count(), rnn->type, call.name) || !lie_at(y, call.y.count(), rnn->type, call.name)) return BAD_PARAM;
  return by_type(rnn->type, [=](auto zero) {
    using T = decltype(zero);
    host::enqueue(handle->stream, [=] {
      Pass<T> pass{call.rnn, call.kept(), static_cast<const T*>(x), nullptr, static_cast<const T*>(hx), nullptr};
      if (pass.reserve.state() != 2) host::violation("cudnnRNNBackwardWeights_v8 before cudnnRNNBackwardData_v8");
      std::vector<double> sums(call.rnn.weights());
      for (int64_t l = 0; l < call.rnn.layers; l++) {
        pass.for_each_sequence(l, [&](int64_t d, int64_t n) {
          for (int64_t turn = 0; turn < call.x.steps; turn++) {
            int64_t t = pass.reserve.time(d, turn), in = call.rnn.in(l), H = call.rnn.hidden;
            for (int64_t r = 0; r < call.rnn.rows(); r++) {
              double toInput = pass.reserve.to_input(l, d, n, t)[r], toState = pass.reserve.to_state(l, d, n, t)[r];
              for (int64_t i = 0; i < in; i++) sums[call.rnn.weight(l, d, 0) + r * in + i] += toInput * pass.input(l, n, t, i);
              for (int64_t k = 0; k < H; k++) sums[call.rnn.weight(l, d, 1) + r * H + k] += toState * pass.before(l, d, n, turn, k);
              sums[call.rnn.weight(l, d, 2) + r] += toInput;
              sums[call.rnn.weight(l, d, 3) + r] += toState;
            }
          }
        });
      }
      for (int64_t i = 0; i < call.rnn.weights(); i++) {
        T& sum = static_cast<T*>(dweights)[i];
        sum = T(sum + sums[i]);
      }
    });
  });
}

}  // extern "C"
