// The stand-in for libcudnn.so.9: average pooling.

#include <algorithm>
#include <vector>

#include "cudnn.h"

using namespace dnn;

namespace {

enum Mode { INCLUDING_PADDING = 1, EXCLUDING_PADDING = 2 };

struct Pooling {
  int mode = -1;
  int64_t windowH = 0, windowW = 0, padH = 0, padW = 0, strideH = 0, strideW = 0;

  bool leads(const Tensor& x, const Tensor& y) const {
    return x.type == y.type && x.format == y.format && x.n == y.n && x.c == y.c && y.h == (x.h + 2 * padH - windowH) / strideH + 1 &&
           y.w == (x.w + 2 * padW - windowW) / strideW + 1;
  }

  // Calls something with every place of x under a window of y, and with what the window's sum is divided by.
  template <class Call>
  void under(const Tensor& x, int64_t image, int64_t channel, int64_t row, int64_t column, Call call) const {
    int64_t top = std::max<int64_t>(0, row * strideH - padH), bottom = std::min(x.h, row * strideH - padH + windowH);
    int64_t left = std::max<int64_t>(0, column * strideW - padW);
    int64_t right = std::min(x.w, column * strideW - padW + windowW);
    double divisor = mode == INCLUDING_PADDING ? windowH * windowW : (bottom - top) * (right - left);
    for (int64_t h = top; h < bottom; h++) {
      for (int64_t w = left; w < right; w++) call(x.at(image, channel, h, w), divisor);
    }
  }
};

// Calls something with every pixel of every channel of an image.
template <class Call>
void for_each_pixel(const Tensor& t, Call call) {
  for (int64_t n = 0; n < t.n; n++)
    for (int64_t c = 0; c < t.c; c++)
      for (int64_t h = 0; h < t.h; h++)
        for (int64_t w = 0; w < t.w; w++) call(n, c, h, w);
}

}  // namespace

extern "C" {

int cudnnCreatePoolingDescriptor(Pooling** descriptor) {
  *descriptor = new Pooling;
  host::created("cuDNN pooling descriptor");
  return SUCCESS;
}

int cudnnDestroyPoolingDescriptor(Pooling* descriptor) {
  delete descriptor;
  host::destroyed("cuDNN pooling descriptor");
  return SUCCESS;
}

int cudnnSetPooling2dDescriptor(Pooling* descriptor, int mode, int, int windowH, int windowW, int padH, int padW,
                                int strideH, int strideW) {
  if (mode != INCLUDING_PADDING && mode != EXCLUDING_PADDING) return NOT_SUPPORTED;
  if (windowH < 1 || windowW < 1 || strideH < 1 || strideW < 1) return BAD_PARAM;
  if (padH < 0 || padW < 0 || padH >= windowH || padW >= windowW) return BAD_PARAM;
  *descriptor = {mode, windowH, windowW, padH, padW, strideH, strideW};
  return SUCCESS;
}

int cudnnPoolingForward(Handle* handle, const Pooling* descriptor, const void* alpha, const Tensor* xDesc, const void* x,
                        const void* beta, const Tensor* yDesc, void* y) {
  Pooling pooling = *descriptor;
  Tensor from = *xDesc, to = *yDesc;
  const char* call = "cudnnPoolingForward";
  if (!pooling.leads(from, to) || !lies_at(x, from, call) || !lies_at(y, to, call)) return BAD_PARAM;
  Blend blend(to.type, alpha, beta);
  return by_type(to.type, [=](auto zero) {
    using T = decltype(zero);
    host::enqueue(handle->stream, [=] {
      for_each_pixel(to, [&](int64_t n, int64_t c, int64_t h, int64_t w) {
        double average = 0;
        pooling.under(from, n, c, h, w,
                      [&](int64_t at, double divisor) { average += static_cast<const T*>(x)[at] / divisor; });
        blend.store(static_cast<T*>(y)[to.at(n, c, h, w)], average);
      });
    });
  });
}

// Of an average, neither x nor y has any influence on the gradient.
int cudnnPoolingBackward(Handle* handle, const Pooling* descriptor, const void* alpha, const Tensor* yDesc, const void* y,
                         const Tensor* dyDesc, const void* dy, const Tensor* xDesc, const void* x, const void* beta,
                         const Tensor* dxDesc, void* dx) {
  Pooling pooling = *descriptor;
  Tensor image = *xDesc, result = *yDesc;
  const char* call = "cudnnPoolingBackward";
  if (!pooling.leads(image, result) || !(result == *dyDesc) || !(image == *dxDesc)) return BAD_PARAM;
  if (!lies_at(y, result, call) || !lies_at(dy, result, call)) return BAD_PARAM;
  if (!lies_at(x, image, call) || !lies_at(dx, image, call)) return BAD_PARAM;
  Blend blend(image.type, alpha, beta);
  return by_type(image.type, [=](auto zero) {
    using T = decltype(zero);
    host::enqueue(handle->stream, [=] {
      std::vector<double> sums(image.count());
      for_each_pixel(result, [&](int64_t n, int64_t c, int64_t h, int64_t w) {
        double upstream = static_cast<const T*>(dy)[result.at(n, c, h, w)];
        pooling.under(image, n, c, h, w, [&](int64_t at, double divisor) { sums[at] += upstream / divisor; });
      });
      for (int64_t i = 0; i < image.count(); i++) blend.store(static_cast<T*>(dx)[i], sums[i]);
    });
  });
}

}  // extern "C"
