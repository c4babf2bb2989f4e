// The stand-in for libcudnn.so.9: convolutions. Of its algorithms one needs no workspace, one does, and one that is said
// to be the fastest, as atomic additions often are, does not repeat its bits.

#include <algorithm>
#include <initializer_list>
#include <vector>

#include "cudnn.h"
#include "products.h"

using namespace dnn;

namespace {

enum Mode { CROSS_CORRELATION = 1 };
enum Algorithm { UNREPEATABLE = 0, PLAIN = 1, IN_WORKSPACE = 3, ALGORITHMS = 4 };

// Whether the first of them is said to repeat its bits, so that a proof of it can fail.
bool lying = false;

// n filters of c channels.
using Filters = Tensor;

struct Convolution {
  int64_t padH = 0, padW = 0, strideH = 0, strideW = 0, dilationH = 0, dilationW = 0;
  int type = -1, groups = 1, math = DEFAULT_MATH;
};

// As cudnnConvolutionFwdAlgoPerf_t and its two siblings.
struct Performance {
  int algorithm, status;
  float time;
  size_t memory;
  int determinism, math, reserved[3];
};

// A convolution of tensors whose shapes fit.
struct Shapes {
  Convolution conv;
  Tensor x, y;
  Filters w;

  static int64_t extent(int64_t in, int64_t pad, int64_t dilation, int64_t kernel, int64_t stride) {
    return (in + 2 * pad - dilation * (kernel - 1) - 1) / stride + 1;
  }

  bool fit() const {
    return x.type == w.type && y.type == w.type && x.format == w.format && y.format == w.format &&
           conv.type == accumulator(w.type) && conv.strideH > 0 && x.n == y.n &&
           x.c == w.c * conv.groups && w.n % conv.groups == 0 && y.c == w.n &&
           y.h == extent(x.h, conv.padH, conv.dilationH, w.h, conv.strideH) &&
           y.w == extent(x.w, conv.padW, conv.dilationW, w.w, conv.strideW) &&
           is_math(conv.math, x.type);
  }

  // None of the algorithms takes dilated filters with the channels last: then rows must do.
  bool has_algorithm(int algorithm) const {
    return algorithm < ALGORITHMS && (x.format == NCHW || (conv.dilationH == 1 && conv.dilationW == 1));
  }

  size_t workspace(int algorithm) const {
    return algorithm == IN_WORKSPACE ? w.count() * bytes_of(w.type) + 100 : 0;
  }

  int64_t rows() const { return w.c * w.h * w.w; }                // of a patch of the image that a filter meets
  int64_t places() const { return y.n * y.h * y.w; }              // where it meets one
  int64_t filters() const { return w.n / conv.groups; }           // of one group

  // Calls something for every element of a patch that lies in the image: its row, its place, and where it lies.
  template <class Call>
  void for_each_in_patches(int64_t group, Call call) const {
    for (int64_t c = 0; c < w.c; c++)
      for (int64_t kh = 0; kh < w.h; kh++)
        for (int64_t kw = 0; kw < w.w; kw++)
          for (int64_t n = 0; n < y.n; n++)
            for (int64_t oh = 0; oh < y.h; oh++) {
              int64_t h = oh * conv.strideH - conv.padH + kh * conv.dilationH;
              if (h < 0 || h >= x.h) continue;
              int64_t row = (c * w.h + kh) * w.w + kw, place = (n * y.h + oh) * y.w, at = x.at(n, group * w.c + c, h, 0);
              for (int64_t ow = 0; ow < y.w; ow++) {
                int64_t column = ow * conv.strideW - conv.padW + kw * conv.dilationW;
                if (column >= 0 && column < x.w) call(row, place + ow, at + column * x.step());
              }
            }
  }

  // Calls something for every weight of a group: its filter there, its row, and where it lies.
  template <class Call>
  void for_each_weight(int64_t group, Call call) const {
    for (int64_t k = 0; k < filters(); k++)
      for (int64_t c = 0; c < w.c; c++)
        for (int64_t kh = 0; kh < w.h; kh++)
          for (int64_t kw = 0; kw < w.w; kw++)
            call(k, (c * w.h + kh) * w.w + kw, w.at(group * filters() + k, c, kh, kw));
  }

  // Calls something for every element of a group's result: its filter in the group, its place, and where it lies.
  template <class Call>
  void for_each_result(int64_t group, Call call) const {
    int64_t image = y.h * y.w;
    for (int64_t k = 0; k < filters(); k++)
      for (int64_t n = 0; n < y.n; n++)
        for (int64_t i = 0; i < image; i++) call(k, n * image + i, y.at(n, group * filters() + k, 0, 0) + i * y.step());
  }
};

// The operands of a call, checked, and which of them is the result.
struct Work {
  Shapes shapes;
  const void *x, *w, *y;
  const char* call;

  bool is_sound() const {
    return shapes.fit() && lies_at(x, shapes.x, call) && lies_at(y, shapes.y, call) &&
           lie_at(w, shapes.w.count(), shapes.w.type, call);
  }
};

enum Pass { FORWARD, INPUT_GRAD, WEIGHT_GRAD };

// A convolution, or one of its gradients, of one group after the other, with the patches of the image laid out.
template <class T>
std::vector<double> convolve(Pass pass, int algorithm, const Work& work, int64_t count) {
  const Shapes& of = work.shapes;
  auto *x = static_cast<const T*>(work.x), *w = static_cast<const T*>(work.w), *y = static_cast<const T*>(work.y);
  bool tf32 = of.x.type == FLOAT && of.conv.math == DEFAULT_MATH;
  auto factor = [tf32](double value) { return tf32 ? low::tf32(value) : value; };
  Order order = algorithm == UNREPEATABLE ? Order::OTHER_EVERY_TIME : Order::SAME;
  int64_t rows = of.rows(), places = of.places(), filters = of.filters();
  std::vector<double> result(count);
  for (int64_t group = 0; group < of.conv.groups; group++) {
    std::vector<double> weights, patches, results;
    if (pass != WEIGHT_GRAD) {
      weights.resize(filters * rows);
      of.for_each_weight(group, [&](int64_t k, int64_t row, int64_t at) {
        weights[pass == FORWARD ? k * rows + row : row * filters + k] = factor(w[at]);
      });
    }
    if (pass != INPUT_GRAD) {
      patches.resize(rows * places);
      of.for_each_in_patches(group, [&](int64_t row, int64_t place, int64_t at) {
        patches[pass == FORWARD ? row * places + place : place * rows + row] = factor(x[at]);
      });
    }
    if (pass != FORWARD) {
      results.resize(filters * places);
      of.for_each_result(group, [&](int64_t k, int64_t place, int64_t at) { results[k * places + place] = factor(y[at]); });
    }
    switch (pass) {
      case FORWARD:  // [K,R] [R,P] -> [K,P]
        results = product(order, weights, patches, filters, rows, places);
        of.for_each_result(group, [&](int64_t k, int64_t place, int64_t at) { result[at] = results[k * places + place]; });
        break;
      case INPUT_GRAD:  // [R,K] [K,P] -> [R,P]
        patches = product(order, weights, results, rows, filters, places);
        of.for_each_in_patches(group, [&](int64_t row, int64_t place, int64_t at) { result[at] += patches[row * places + place]; });
        break;
      case WEIGHT_GRAD:  // [K,P] [P,R] -> [K,R]
        weights = product(order, results, patches, filters, places, rows);
        of.for_each_weight(group, [&](int64_t k, int64_t row, int64_t at) { result[at] = weights[k * rows + row]; });
        break;
    }
  }
  return result;
}

Status run(Pass pass, Handle* handle, const Work& work, int algorithm, void* workspace, size_t bytes, Blend blend,
           void* result, int64_t count) {
  if (!work.is_sound() || algorithm < 0) return BAD_PARAM;
  if (!work.shapes.has_algorithm(algorithm)) return NOT_SUPPORTED;
  size_t needed = work.shapes.workspace(algorithm);
  if (bytes < needed || (needed > 0 && !host::is_device_memory(workspace, needed, work.call))) return BAD_PARAM;
  if (algorithm == UNREPEATABLE) host::violation(std::string(work.call) + ": an algorithm that does not repeat its bits");
  return by_type(work.shapes.x.type, [=](auto zero) {
    using T = decltype(zero);
    host::enqueue(handle->stream, [=] {
      std::fill_n(static_cast<unsigned char*>(workspace), needed, 0xA5);
      std::vector<double> sums = convolve<T>(pass, algorithm, work, count);
      for (int64_t i = 0; i < count; i++) blend.store(static_cast<T*>(result)[i], sums[i]);
    });
  });
}

// Lists algorithms, and at last one that cannot be used.
void list(const Shapes& shapes, std::initializer_list<int> algorithms, size_t bytes, int wanted, int* found,
          Performance* performances) {
  int math = shapes.conv.math;
  *found = 0;
  for (int algorithm : algorithms) {
    size_t memory = shapes.workspace(algorithm);
    if (memory <= bytes && *found < wanted) {
      bool repeatable = algorithm != UNREPEATABLE || lying;
      performances[*found] = {algorithm, SUCCESS, 1.0f + *found, memory, repeatable, math, {}};
      ++*found;
    }
  }
  if (*found < wanted) performances[(*found)++] = {ALGORITHMS, NOT_SUPPORTED, -1, 0, 0, math, {}};
}

Status find(Handle* handle, const Work& work, void* result, int64_t count, int wanted, int* found,
            Performance* performances, void* workspace, size_t bytes) {
  if (!host::may_wait(work.call)) return BAD_PARAM;
  if (!work.is_sound() || wanted < 1 || (bytes > 0 && !host::is_device_memory(workspace, bytes, work.call))) return BAD_PARAM;
  size_t type = bytes_of(work.shapes.x.type);
  host::enqueue(handle->stream, [=] { std::fill_n(static_cast<unsigned char*>(result), count * type, 0xFF); });
  list(work.shapes, {UNREPEATABLE, IN_WORKSPACE, PLAIN}, bytes, wanted, found, performances);
  return SUCCESS;
}

// What is guessed without a measurement has another order.
Status rank(const Shapes& shapes, int wanted, int* found, Performance* performances) {
  if (!shapes.fit() || wanted < 1) return BAD_PARAM;
  list(shapes, {UNREPEATABLE, PLAIN, IN_WORKSPACE}, SIZE_MAX, wanted, found, performances);
  return SUCCESS;
}

Status workspace_size(const Shapes& shapes, int algorithm, size_t* bytes) {
  if (!shapes.fit()) return BAD_PARAM;
  if (!shapes.has_algorithm(algorithm)) return NOT_SUPPORTED;
  *bytes = shapes.workspace(algorithm);
  return SUCCESS;
}

}  // namespace

extern "C" {

void host_lie_about_repeatability(int whether) { lying = whether; }

int cudnnCreateFilterDescriptor(Filters** descriptor) {
  *descriptor = new Filters;
  host::created("cuDNN filter descriptor");
  return SUCCESS;
}

int cudnnDestroyFilterDescriptor(Filters* descriptor) {
  delete descriptor;
  host::destroyed("cuDNN filter descriptor");
  return SUCCESS;
}

int cudnnSetFilter4dDescriptor(Filters* descriptor, int type, int format, int k, int c, int h, int w) {
  if (!is_type(type) || !is_format(format, type)) return NOT_SUPPORTED;
  if (k < 1 || c < 1 || h < 1 || w < 1) return BAD_PARAM;
  *descriptor = {type, k, c, h, w, format};
  return SUCCESS;
}

int cudnnCreateConvolutionDescriptor(Convolution** descriptor) {
  *descriptor = new Convolution;
  host::created("cuDNN convolution descriptor");
  return SUCCESS;
}

int cudnnDestroyConvolutionDescriptor(Convolution* descriptor) {
  delete descriptor;
  host::destroyed("cuDNN convolution descriptor");
  return SUCCESS;
}

int cudnnSetConvolution2dDescriptor(Convolution* descriptor, int padH, int padW, int strideH, int strideW, int dilationH,
                                    int dilationW, int mode, int type) {
  if (mode != CROSS_CORRELATION) return NOT_SUPPORTED;
  if (padH < 0 || padW < 0 || strideH < 1 || strideW < 1 || dilationH < 1 || dilationW < 1) return BAD_PARAM;
  *descriptor = {padH, padW, strideH, strideW, dilationH, dilationW, type};
  return SUCCESS;
}

int cudnnSetConvolutionGroupCount(Convolution* descriptor, int groups) {
  if (groups < 1) return BAD_PARAM;
  descriptor->groups = groups;
  return SUCCESS;
}

int cudnnSetConvolutionMathType(Convolution* descriptor, int math) {
  if (math != DEFAULT_MATH && math != TENSOR_OP_MATH && math != FMA_MATH) return NOT_SUPPORTED;
  descriptor->math = math;
  return SUCCESS;
}

int cudnnGetConvolutionForwardWorkspaceSize(Handle*, const Tensor* x, const Filters* w, const Convolution* conv,
                                            const Tensor* y, int algorithm, size_t* bytes) {
  return workspace_size({*conv, *x, *y, *w}, algorithm, bytes);
}

int cudnnGetConvolutionBackwardDataWorkspaceSize(Handle*, const Filters* w, const Tensor* dy, const Convolution* conv,
                                                 const Tensor* dx, int algorithm, size_t* bytes) {
  return workspace_size({*conv, *dx, *dy, *w}, algorithm, bytes);
}

int cudnnGetConvolutionBackwardFilterWorkspaceSize(Handle*, const Tensor* x, const Tensor* dy, const Convolution* conv,
                                                   const Filters* dw, int algorithm, size_t* bytes) {
  return workspace_size({*conv, *x, *dy, *dw}, algorithm, bytes);
}

int cudnnGetConvolutionForwardAlgorithm_v7(Handle*, const Tensor* x, const Filters* w, const Convolution* conv,
                                           const Tensor* y, int wanted, int* found, Performance* performances) {
  return rank({*conv, *x, *y, *w}, wanted, found, performances);
}

int cudnnGetConvolutionBackwardDataAlgorithm_v7(Handle*, const Filters* w, const Tensor* dy, const Convolution* conv,
                                                const Tensor* dx, int wanted, int* found, Performance* performances) {
  return rank({*conv, *dx, *dy, *w}, wanted, found, performances);
}

int cudnnGetConvolutionBackwardFilterAlgorithm_v7(Handle*, const Tensor* x, const Tensor* dy, const Convolution* conv,
                                                  const Filters* dw, int wanted, int* found,
                                                  Performance* performances) {
  return rank({*conv, *x, *dy, *dw}, wanted, found, performances);
}

int cudnnFindConvolutionForwardAlgorithmEx(Handle* handle, const Tensor* xDesc, const void* x, const Filters* wDesc,
                                           const void* w, const Convolution* conv, const Tensor* yDesc, void* y,
                                           int wanted, int* found, Performance* performances, void* workspace,
                                           size_t bytes) {
  Work work{{*conv, *xDesc, *yDesc, *wDesc}, x, w, y, "cudnnFindConvolutionForwardAlgorithmEx"};
  return find(handle, work, y, yDesc->count(), wanted, found, performances, workspace, bytes);
}

int cudnnFindConvolutionBackwardDataAlgorithmEx(Handle* handle, const Filters* wDesc, const void* w,
                                                const Tensor* dyDesc, const void* dy, const Convolution* conv,
                                                const Tensor* dxDesc, void* dx, int wanted, int* found,
                                                Performance* performances, void* workspace, size_t bytes) {
  Work work{{*conv, *dxDesc, *dyDesc, *wDesc}, dx, w, dy, "cudnnFindConvolutionBackwardDataAlgorithmEx"};
  return find(handle, work, dx, dxDesc->count(), wanted, found, performances, workspace, bytes);
}

int cudnnFindConvolutionBackwardFilterAlgorithmEx(Handle* handle, const Tensor* xDesc, const void* x,
                                                  const Tensor* dyDesc, const void* dy, const Convolution* conv,
                                                  const Filters* dwDesc, void* dw, int wanted, int* found,
                                                  Performance* performances, void* workspace, size_t bytes) {
  Work work{{*conv, *xDesc, *dyDesc, *dwDesc}, x, dw, dy, "cudnnFindConvolutionBackwardFilterAlgorithmEx"};
  return find(handle, work, dw, dwDesc->count(), wanted, found, performances, workspace, bytes);
}

int cudnnConvolutionForward(Handle* handle, const void* alpha, const Tensor* xDesc, const void* x, const Filters* wDesc,
                            const void* w, const Convolution* conv, int algorithm, void* workspace, size_t bytes,
                            const void* beta, const Tensor* yDesc, void* y) {
  Work work{{*conv, *xDesc, *yDesc, *wDesc}, x, w, y, "cudnnConvolutionForward"};
  return run(FORWARD, handle, work, algorithm, workspace, bytes, Blend(yDesc->type, alpha, beta), y, yDesc->count());
}

int cudnnConvolutionBackwardData(Handle* handle, const void* alpha, const Filters* wDesc, const void* w,
                                 const Tensor* dyDesc, const void* dy, const Convolution* conv, int algorithm,
                                 void* workspace, size_t bytes, const void* beta, const Tensor* dxDesc, void* dx) {
  Work work{{*conv, *dxDesc, *dyDesc, *wDesc}, dx, w, dy, "cudnnConvolutionBackwardData"};
  return run(INPUT_GRAD, handle, work, algorithm, workspace, bytes, Blend(dxDesc->type, alpha, beta), dx, dxDesc->count());
}

int cudnnConvolutionBackwardFilter(Handle* handle, const void* alpha, const Tensor* xDesc, const void* x,
                                   const Tensor* dyDesc, const void* dy, const Convolution* conv, int algorithm,
                                   void* workspace, size_t bytes, const void* beta, const Filters* dwDesc, void* dw) {
  Work work{{*conv, *xDesc, *dyDesc, *dwDesc}, x, dw, dy, "cudnnConvolutionBackwardFilter"};
  return run(WEIGHT_GRAD, handle, work, algorithm, workspace, bytes, Blend(dwDesc->type, alpha, beta), dw, dwDesc->count());
}

int cudnnConvolutionBackwardBias(Handle* handle, const void* alpha, const Tensor* dyDesc, const void* dy,
                                 const void* beta, const Tensor* dbDesc, void* db) {
  Tensor from = *dyDesc, to = *dbDesc;
  if (!(to == Tensor{from.type, 1, from.c, 1, 1, from.format})) return BAD_PARAM;
  const char* call = "cudnnConvolutionBackwardBias";
  if (!lies_at(dy, from, call) || !lies_at(db, to, call)) return BAD_PARAM;
  Blend blend(to.type, alpha, beta);
  return by_type(to.type, [=](auto zero) {
    using T = decltype(zero);
    host::enqueue(handle->stream, [=] {
      for (int64_t c = 0; c < from.c; c++) {
        double sum = 0;
        for (int64_t n = 0; n < from.n; n++)
          for (int64_t h = 0; h < from.h; h++)
            for (int64_t w = 0; w < from.w; w++) sum += static_cast<const T*>(dy)[from.at(n, c, h, w)];
        blend.store(static_cast<T*>(db)[c], sum);
      }
    });
  });
}

}  // extern "C"
