// The stand-in for libcudnn.so.9: softmax along the channels.

#include <cmath>

#include "cudnn.h"

using namespace dnn;

namespace {

enum Algorithm { ACCURATE = 1, LOG = 2 };
enum Mode { CHANNEL = 1 };

// Calls something with the place of the first class of each softmax and the step to the next class.
template <class Call>
void for_each_line(const Tensor& t, Call call) {
  for (int64_t n = 0; n < t.n; n++) {
    for (int64_t i = 0; i < t.h * t.w; i++) call(n * t.c * t.h * t.w + i, t.h * t.w);
  }
}

bool is_known(int algorithm, int mode, const Tensor& t) {
  return (algorithm == ACCURATE || algorithm == LOG) && mode == CHANNEL && t.format == NCHW;
}

}  // namespace

extern "C" {

int cudnnSoftmaxForward(Handle* handle, int algorithm, int mode, const void* alpha, const Tensor* xDesc, const void* x,
                        const void* beta, const Tensor* yDesc, void* y) {
  Tensor t = *xDesc;
  if (!is_known(algorithm, mode, t)) return NOT_SUPPORTED;
  if (!(t == *yDesc) || !lies_at(x, t, "cudnnSoftmaxForward") || !lies_at(y, t, "cudnnSoftmaxForward")) return BAD_PARAM;
  Blend blend(t.type, alpha, beta);
  return by_type(t.type, [=](auto zero) {
    using T = decltype(zero);
    auto* from = static_cast<const T*>(x);
    auto* to = static_cast<T*>(y);
    host::enqueue(handle->stream, [=] {
      for_each_line(t, [=](int64_t first, int64_t step) {
        double largest = -INFINITY, sum = 0;
        for (int64_t c = 0; c < t.c; c++) largest = std::fmax(largest, double(from[first + c * step]));
        for (int64_t c = 0; c < t.c; c++) sum += std::exp(from[first + c * step] - largest);
        for (int64_t c = 0; c < t.c; c++) {
          double shifted = from[first + c * step] - largest;
          blend.store(to[first + c * step], algorithm == LOG ? shifted - std::log(sum) : std::exp(shifted) / sum);
        }
      });
    });
  });
}

int cudnnSoftmaxBackward(Handle* handle, int algorithm, int mode, const void* alpha, const Tensor* yDesc, const void* y,
                         const Tensor* dyDesc, const void* dy, const void* beta, const Tensor* dxDesc, void* dx) {
  Tensor t = *yDesc;
  const char* call = "cudnnSoftmaxBackward";
  if (!is_known(algorithm, mode, t)) return NOT_SUPPORTED;
  if (!(t == *dyDesc) || !(t == *dxDesc)) return BAD_PARAM;
  if (!lies_at(y, t, call) || !lies_at(dy, t, call) || !lies_at(dx, t, call)) return BAD_PARAM;
  Blend blend(t.type, alpha, beta);
  return by_type(t.type, [=](auto zero) {
    using T = decltype(zero);
    auto *result = static_cast<const T*>(y), *upstream = static_cast<const T*>(dy);
    auto* to = static_cast<T*>(dx);
    host::enqueue(handle->stream, [=] {
      for_each_line(t, [=](int64_t first, int64_t step) {
        double sum = 0;
        for (int64_t c = 0; c < t.c; c++) {
          int64_t at = first + c * step;
          sum += algorithm == LOG ? double(upstream[at]) : double(upstream[at]) * result[at];
        }
        for (int64_t c = 0; c < t.c; c++) {
          int64_t at = first + c * step;
          blend.store(to[at], algorithm == LOG ? upstream[at] - std::exp(double(result[at])) * sum
                                               : result[at] * (upstream[at] - sum));
        }
      });
    });
  });
}

}  // extern "C"
