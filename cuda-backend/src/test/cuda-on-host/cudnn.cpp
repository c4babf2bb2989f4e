// The stand-in for libcudnn.so.9: its handle. Each kind of layer has a file of its own.

#include "cudnn.h"

using dnn::Handle;

extern "C" {

int cudnnCreate(Handle** handle) {
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

size_t cudnnGetVersion() { return 90501; }

const char* cudnnGetErrorString(int status) {
  switch (status) {
    case dnn::SUCCESS: return "CUDNN_STATUS_SUCCESS";
    case dnn::NOT_INITIALIZED: return "CUDNN_STATUS_NOT_INITIALIZED";
    case dnn::BAD_PARAM: return "CUDNN_STATUS_BAD_PARAM";
    case dnn::NOT_SUPPORTED: return "CUDNN_STATUS_NOT_SUPPORTED";
    default: return "CUDNN_UNKNOWN_STATUS";
  }
}

}  // extern "C"
