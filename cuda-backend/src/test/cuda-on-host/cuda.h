// What the files of the stand-in for libcuda.so.1 share.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>

#include "host.h"

using CUresult = int;
using CUdeviceptr = unsigned long long;

namespace cuda {

enum : CUresult {
  SUCCESS = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  INVALID_DEVICE = 101,
  INVALID_IMAGE = 200,
  INVALID_CONTEXT = 201,
  INVALID_HANDLE = 400,
  NOT_FOUND = 500,
  NOT_READY = 600,
  ILLEGAL_ADDRESS = 700,
  STREAM_CAPTURE_UNSUPPORTED = 900,
};

// Every call holds it: one thread at a time.
extern std::recursive_mutex mutex;
using Lock = std::lock_guard<std::recursive_mutex>;

// The compute capability of the device, 75 for 7.5.
int architecture();

// Counts a call, and says whether its thread has a context.
CUresult enter(const char* call);

// The memory of the device, used or not.
size_t memory_bytes();
void set_memory_bytes(size_t bytes);

// Notes where something was written beside device memory, or into what was freed.
void check_guards();

// Runs all that is left on every stream, and returns whether there was anything.
bool finish_streams();

}  // namespace cuda

#define ENTER()                 \
  cuda::Lock lock(cuda::mutex); \
  if (CUresult status = cuda::enter(__func__)) return status
#define ENTER_TO_WAIT(call) \
  ENTER();                  \
  if (!host::may_wait(call)) return cuda::STREAM_CAPTURE_UNSUPPORTED
