// The stand-in for libcudnn.so.9: convolutions. Of its algorithms one needs no workspace, one does, and one that is said
// to be the fastest, as atomic additions often are, does not repeat its bits.

#include <algorithm>
#include <initializer_list>

#include "cudnn_convolution.h"

using namespace dnn;

namespace {

enum Mode { CROSS_CORRELATION = 1 };

// Whether UNREPEATABLE is said to repeat its bits, so that a proof of it can fail.
bool lying = false;

// As cudnnConvolutionFwdAlgoPerf_t and its two siblings.
struct Performance {
  int algorithm, status;
  float time;
  size_t memory;
  int determinism, math, reserved[3];
};

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
  if (int status = host::wanted_failure(__func__)) return status;
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
