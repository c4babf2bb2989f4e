// The stand-in for libcudnn.so.9: its handle and the descriptors of tensors. Each kind of layer has a file of its own.

#include "cudnn.h"

using dnn::Handle, dnn::Tensor;

extern "C" {

int cudnnCreate(Handle** handle) {
  if (int status = host::wanted_failure(__func__)) return status;
  *handle = new Handle;
  host::created("cuDNN handle");
  return dnn::SUCCESS;
}

int cudnnDestroy(Handle* handle) {
  delete handle;
  host::destroyed("cuDNN handle");
  return dnn::SUCCESS;
}

int cudnnSetStream(Handle* handle, host::Stream* stream) {
  handle->stream = stream;
  return dnn::SUCCESS;
}

size_t cudnnGetVersion() { return host::cudnn_version(); }

// Of the CUDA that it was made for.
size_t cudnnGetCudartVersion() { return 12060; }

const char* cudnnGetErrorString(int status) {
  switch (status) {
    case dnn::SUCCESS: return "CUDNN_STATUS_SUCCESS";
    case dnn::NOT_INITIALIZED: return "CUDNN_STATUS_NOT_INITIALIZED";
    case dnn::BAD_PARAM: return "CUDNN_STATUS_BAD_PARAM";
    case dnn::NOT_SUPPORTED: return "CUDNN_STATUS_NOT_SUPPORTED";
    default: return "CUDNN_UNKNOWN_STATUS";
  }
}

int cudnnCreateTensorDescriptor(Tensor** descriptor) {
  if (int status = host::wanted_failure(__func__)) return status;
  *descriptor = new Tensor;
  host::created("cuDNN tensor descriptor");
  return dnn::SUCCESS;
}

int cudnnDestroyTensorDescriptor(Tensor* descriptor) {
  delete descriptor;
  host::destroyed("cuDNN tensor descriptor");
  return dnn::SUCCESS;
}

int cudnnSetTensor4dDescriptor(Tensor* descriptor, int format, int type, int n, int c, int h, int w) {
  if (!dnn::is_type(type) || !dnn::is_format(format, type)) return dnn::NOT_SUPPORTED;
  if (n < 1 || c < 1 || h < 1 || w < 1) return dnn::BAD_PARAM;
  *descriptor = {type, n, c, h, w, format};
  return descriptor->count() > INT32_MAX ? dnn::NOT_SUPPORTED : dnn::SUCCESS;
}

// Three dimensions without gaps are known, as states of recurrent stacks have them.
int cudnnSetTensorNdDescriptor(Tensor* descriptor, int type, int rank, const int* dims, const int* strides) {
  if (rank != 3 || strides[2] != 1 || strides[1] != dims[2] || strides[0] != dims[1] * dims[2]) return dnn::NOT_SUPPORTED;
  return cudnnSetTensor4dDescriptor(descriptor, dnn::NCHW, type, dims[0], dims[1], dims[2], 1);
}

// c = alpha a + beta c, with a repeated along its dimensions of 1.
int cudnnAddTensor(Handle* handle, const void* alpha, const Tensor* aDesc, const void* a, const void* beta,
                   const Tensor* cDesc, void* c) {
  Tensor from = *aDesc, to = *cDesc;
  auto fits = [](int64_t own, int64_t whole) { return own == 1 || own == whole; };
  if (from.type != to.type || from.format != to.format || !fits(from.n, to.n) || !fits(from.c, to.c) || !fits(from.h, to.h) || !fits(from.w, to.w)) {
    return dnn::BAD_PARAM;
  }
  if (!lies_at(a, from, "cudnnAddTensor") || !lies_at(c, to, "cudnnAddTensor")) return dnn::BAD_PARAM;
  dnn::Blend blend(to.type, alpha, beta);
  return dnn::by_type(to.type, [=](auto zero) {
    using T = decltype(zero);
    host::enqueue(handle->stream, [=] {
      for (int64_t in = 0; in < to.n; in++)
        for (int64_t ic = 0; ic < to.c; ic++)
          for (int64_t ih = 0; ih < to.h; ih++)
            for (int64_t iw = 0; iw < to.w; iw++) {
              int64_t source = from.at(from.n == 1 ? 0 : in, from.c == 1 ? 0 : ic, from.h == 1 ? 0 : ih,
                                       from.w == 1 ? 0 : iw);
              blend.store(static_cast<T*>(c)[to.at(in, ic, ih, iw)], static_cast<const T*>(a)[source]);
            }
    });
  });
}

}  // extern "C"
