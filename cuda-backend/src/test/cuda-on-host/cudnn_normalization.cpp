// The stand-in for libcudnn.so.9: batch normalization.

#include <algorithm>
#include <cmath>
#include <string>

#include "cudnn.h"

using namespace dnn;

namespace {

enum Mode { PER_ACTIVATION = 0, SPATIAL = 1, SPATIAL_PERSISTENT = 2 };
enum Operations { NORM_ALONE = 0 };

// What the extended calls keep for the gradient is full of this.
constexpr unsigned char KEPT = 0x5A;

// One statistic per channel; statistics per activation are known for planes of one value only, where both are the same.
bool is_known(int mode, const Tensor& x, const Tensor& statistic) {
  if (mode == PER_ACTIVATION && x.h * x.w != 1) return false;
  return (mode == PER_ACTIVATION || mode == SPATIAL || mode == SPATIAL_PERSISTENT) && statistic == Tensor{accumulator(x.type), 1, x.c, 1, 1};
}

// Calls something with every place of a channel.
template <class Call>
void for_each_value(const Tensor& t, int64_t channel, Call call) {
  for (int64_t n = 0; n < t.n; n++) {
    for (int64_t i = 0; i < t.h * t.w; i++) call(t.at(n, channel, i / t.w, i % t.w));
  }
}

template <class... Pointers>
bool are_statistics(const Tensor& t, const char* call, Pointers... pointers) {
  return (lies_at(pointers, t, call) && ...);
}

// The extended calls are known for what nothing is fused with, with the channels last.
bool is_known_extension(int mode, int operations, const Tensor* x, const void* z, const void* activation) {
  return mode == SPATIAL_PERSISTENT && operations == NORM_ALONE && x->format == NHWC && !z && !activation;
}

size_t reserve_of(const Tensor& x) { return x.c * 8 + 4; }
size_t workspace_of(const Tensor& x) { return x.c * 16 + 100; }

bool has_memory(const Tensor& x, void* workspace, size_t workspaceBytes, void* reserve, size_t reserveBytes, const char* call) {
  return workspaceBytes >= workspace_of(x) && reserveBytes >= reserve_of(x) &&
         host::is_device_memory(workspace, workspaceBytes, call) && host::is_device_memory(reserve, reserveBytes, call);
}

}  // namespace

extern "C" {

int cudnnGetBatchNormalizationForwardTrainingExWorkspaceSize(Handle*, int mode, int operations, const Tensor* x,
                                                             const Tensor* z, const Tensor*, const Tensor*,
                                                             const void* activation, size_t* bytes) {
  if (!is_known_extension(mode, operations, x, z, activation)) return NOT_SUPPORTED;
  *bytes = workspace_of(*x);
  return SUCCESS;
}

int cudnnGetBatchNormalizationBackwardExWorkspaceSize(Handle*, int mode, int operations, const Tensor* x, const Tensor*,
                                                      const Tensor*, const Tensor* dz, const Tensor*, const Tensor*,
                                                      const void* activation, size_t* bytes) {
  if (!is_known_extension(mode, operations, x, dz, activation)) return NOT_SUPPORTED;
  *bytes = workspace_of(*x);
  return SUCCESS;
}

int cudnnGetBatchNormalizationTrainingExReserveSpaceSize(Handle*, int mode, int operations, const void* activation,
                                                         const Tensor* x, size_t* bytes) {
  if (!is_known_extension(mode, operations, x, nullptr, activation)) return NOT_SUPPORTED;
  *bytes = reserve_of(*x);
  return SUCCESS;
}

int cudnnBatchNormalizationForwardTraining(Handle* handle, int mode, const void* alpha, const void* beta,
                                           const Tensor* xDesc, const void* x, const Tensor* yDesc, void* y,
                                           const Tensor* statisticDesc, const void* scale, const void* bias,
                                           double factor, void* runningMean, void* runningVariance, double epsilon,
                                           void* saveMean, void* saveInverse) {
  Tensor t = *xDesc, statistic = *statisticDesc;
  const char* call = "cudnnBatchNormalizationForwardTraining";
  if (!is_known(mode, t, statistic)) return NOT_SUPPORTED;
  if (!(t == *yDesc) || epsilon < 0 || !lies_at(x, t, call) || !lies_at(y, t, call)) return BAD_PARAM;
  if (!are_statistics(statistic, call, scale, bias, runningMean, runningVariance, saveMean, saveInverse)) return BAD_PARAM;
  Blend blend(t.type, alpha, beta);
  return by_type(t.type, [=](auto zero) {
    using T = decltype(zero);
    using S = Accumulator<T>;
    host::enqueue(handle->stream, [=] {
      auto* from = static_cast<const T*>(x);
      double count = t.n * t.h * t.w;
      for (int64_t c = 0; c < t.c; c++) {
        double mean = 0, variance = 0;
        for_each_value(t, c, [&](int64_t i) { mean += from[i] / count; });
        for_each_value(t, c, [&](int64_t i) { variance += (from[i] - mean) * (from[i] - mean) / count; });
        double inverse = 1 / std::sqrt(variance + epsilon);
        double weight = static_cast<const S*>(scale)[c], shift = static_cast<const S*>(bias)[c];
        for_each_value(t, c, [&](int64_t i) {
          blend.store(static_cast<T*>(y)[i], (from[i] - mean) * inverse * weight + shift);
        });
        S &movedMean = static_cast<S*>(runningMean)[c], &movedVariance = static_cast<S*>(runningVariance)[c];
        movedMean = S((1 - factor) * movedMean + factor * mean);
        movedVariance = S((1 - factor) * movedVariance + factor * variance * count / (count - 1));
        static_cast<S*>(saveMean)[c] = S(mean);
        static_cast<S*>(saveInverse)[c] = S(inverse);
      }
    });
  });
}

int cudnnBatchNormalizationForwardInference(Handle* handle, int mode, const void* alpha, const void* beta,
                                            const Tensor* xDesc, const void* x, const Tensor* yDesc, void* y,
                                            const Tensor* statisticDesc, const void* scale, const void* bias,
                                            const void* mean, const void* variance, double epsilon) {
  Tensor t = *xDesc, statistic = *statisticDesc;
  const char* call = "cudnnBatchNormalizationForwardInference";
  if (!is_known(mode, t, statistic)) return NOT_SUPPORTED;
  if (!(t == *yDesc) || epsilon < 0 || !lies_at(x, t, call) || !lies_at(y, t, call)) return BAD_PARAM;
  if (!are_statistics(statistic, call, scale, bias, mean, variance)) return BAD_PARAM;
  Blend blend(t.type, alpha, beta);
  return by_type(t.type, [=](auto zero) {
    using T = decltype(zero);
    using S = Accumulator<T>;
    host::enqueue(handle->stream, [=] {
      for (int64_t c = 0; c < t.c; c++) {
        double factor = static_cast<const S*>(scale)[c] / std::sqrt(static_cast<const S*>(variance)[c] + epsilon);
        double middle = static_cast<const S*>(mean)[c], shift = static_cast<const S*>(bias)[c];
        for_each_value(t, c, [&](int64_t i) {
          blend.store(static_cast<T*>(y)[i], (static_cast<const T*>(x)[i] - middle) * factor + shift);
        });
      }
    });
  });
}

int cudnnBatchNormalizationBackward(Handle* handle, int mode, const void* alpha, const void* beta,
                                    const void* alphaOfParameters, const void* betaOfParameters, const Tensor* xDesc,
                                    const void* x, const Tensor* dyDesc, const void* dy, const Tensor* dxDesc, void* dx,
                                    const Tensor* statisticDesc, const void* scale, void* dscale, void* dbias,
                                    double epsilon, const void* savedMean, const void* savedInverse) {
  Tensor t = *xDesc, statistic = *statisticDesc;
  const char* call = "cudnnBatchNormalizationBackward";
  if (!is_known(mode, t, statistic)) return NOT_SUPPORTED;
  if (!(t == *dyDesc) || !(t == *dxDesc) || epsilon < 0) return BAD_PARAM;
  if (!lies_at(x, t, call) || !lies_at(dy, t, call) || !lies_at(dx, t, call)) return BAD_PARAM;
  if (!are_statistics(statistic, call, scale, dscale, dbias, savedMean, savedInverse)) return BAD_PARAM;
  Blend blend(t.type, alpha, beta), parameters(t.type, alphaOfParameters, betaOfParameters);
  return by_type(t.type, [=](auto zero) {
    using T = decltype(zero);
    using S = Accumulator<T>;
    host::enqueue(handle->stream, [=] {
      auto *from = static_cast<const T*>(x), *upstream = static_cast<const T*>(dy);
      double count = t.n * t.h * t.w;
      for (int64_t c = 0; c < t.c; c++) {
        double mean = static_cast<const S*>(savedMean)[c], inverse = static_cast<const S*>(savedInverse)[c];
        double weight = static_cast<const S*>(scale)[c], sum = 0, product = 0;
        for_each_value(t, c, [&](int64_t i) {
          sum += upstream[i];
          product += upstream[i] * (from[i] - mean) * inverse;
        });
        for_each_value(t, c, [&](int64_t i) {
          double normalized = (from[i] - mean) * inverse;
          blend.store(static_cast<T*>(dx)[i], (upstream[i] - sum / count - normalized * product / count) * weight * inverse);
        });
        parameters.store(static_cast<S*>(dscale)[c], product);
        parameters.store(static_cast<S*>(dbias)[c], sum);
      }
    });
  });
}

int cudnnBatchNormalizationForwardTrainingEx(
    Handle* handle, int mode, int operations, const void* alpha, const void* beta, const Tensor* xDesc, const void* x,
    const Tensor* zDesc, const void* z, const Tensor* yDesc, void* y, const Tensor* statisticDesc, const void* scale,
    const void* bias, double factor, void* runningMean, void* runningVariance, double epsilon, void* saveMean,
    void* saveInverse, const void* activation, void* workspace, size_t workspaceBytes, void* reserve, size_t reserveBytes) {
  if (!is_known_extension(mode, operations, xDesc, zDesc, activation) || z) return NOT_SUPPORTED;
  if (!has_memory(*xDesc, workspace, workspaceBytes, reserve, reserveBytes, "cudnnBatchNormalizationForwardTrainingEx")) {
    return BAD_PARAM;
  }
  host::enqueue(handle->stream, [=] {
    std::fill_n(static_cast<unsigned char*>(workspace), workspaceBytes, 0xA5);
    std::fill_n(static_cast<unsigned char*>(reserve), reserveBytes, KEPT);
  });
  return cudnnBatchNormalizationForwardTraining(handle, mode, alpha, beta, xDesc, x, yDesc, y, statisticDesc, scale, bias,
                                                factor, runningMean, runningVariance, epsilon, saveMean, saveInverse);
}

int cudnnBatchNormalizationBackwardEx(
    Handle* handle, int mode, int operations, const void* alpha, const void* beta, const void* alphaOfParameters,
    const void* betaOfParameters, const Tensor* xDesc, const void* x, const Tensor* yDesc, const void*,
    const Tensor* dyDesc, const void* dy, const Tensor* dzDesc, void* dz, const Tensor* dxDesc, void* dx,
    const Tensor* statisticDesc, const void* scale, const void*, void* dscale, void* dbias, double epsilon,
    const void* savedMean, const void* savedInverse, const void* activation, void* workspace, size_t workspaceBytes,
    void* reserve, size_t reserveBytes) {
  if (!is_known_extension(mode, operations, xDesc, dzDesc, activation) || dz || yDesc) return NOT_SUPPORTED;
  const char* call = "cudnnBatchNormalizationBackwardEx";
  if (!has_memory(*xDesc, workspace, workspaceBytes, reserve, reserveBytes, call)) return BAD_PARAM;
  host::enqueue(handle->stream, [=] {
    auto* kept = static_cast<const unsigned char*>(reserve);
    if (std::count(kept, kept + reserveBytes, KEPT) != int64_t(reserveBytes)) {
      host::violation(std::string(call) + ": a reserve that the forward pass did not leave so");
    }
    std::fill_n(static_cast<unsigned char*>(workspace), workspaceBytes, 0xA5);
  });
  return cudnnBatchNormalizationBackward(handle, mode, alpha, beta, alphaOfParameters, betaOfParameters, xDesc, x, dyDesc,
                                         dy, dxDesc, dx, statisticDesc, scale, dscale, dbias, epsilon, savedMean,
                                         savedInverse);
}

}  // extern "C"
