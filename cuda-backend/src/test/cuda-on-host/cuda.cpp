// The stand-in for libcuda.so.1: just the functions that the backend calls, on host memory. Here are the device and its
// context, what all stand-ins tell, and what tests ask.

#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "cuda.h"

using namespace cuda;

std::recursive_mutex cuda::mutex;

namespace {

std::map<std::string, int> live;
std::map<std::string, long long> calls;
std::vector<std::string> violations;
int capability[] = {9, 0};
size_t version_of_cudnn = 90501;
int version_of_driver = 12060;
std::map<std::string, CUresult> wanted_failures;
int context_object;
thread_local void* current_context;

}  // namespace

CUresult cuda::enter(const char* call) {
  calls[call]++;
  if (CUresult status = host::wanted_failure(call)) return status;
  return current_context ? SUCCESS : INVALID_CONTEXT;
}

int cuda::architecture() { return 10 * capability[0] + capability[1]; }

void host::created(const char* kind) {
  Lock lock(mutex);
  live[kind]++;
}

void host::destroyed(const char* kind) {
  Lock lock(mutex);
  if (--live[kind] < 0) violation(std::string(kind) + " destroyed twice");
}

void host::violation(const std::string& what) {
  Lock lock(mutex);
  violations.push_back(what);
}

int host::wanted_failure(const char* call) {
  Lock lock(mutex);
  auto found = wanted_failures.find(call);
  if (found == wanted_failures.end()) return 0;
  int status = found->second;
  wanted_failures.erase(found);
  return status;
}

size_t host::cudnn_version() {
  Lock lock(mutex);
  return version_of_cudnn;
}

extern "C" {

// ---- what tests ask ----

// Writes what is left and what was wrong, one per line; nothing if all is well.
void host_report(char* text, size_t bytes) {
  Lock lock(mutex);
  std::string report;
  cuda::check_guards();
  for (auto& violated : violations) report += violated + "\n";
  for (auto& [kind, count] : live) {
    if (count > 0) report += std::to_string(count) + " not freed: " + kind + "\n";
  }
  std::snprintf(text, bytes, "%s", report.c_str());
}

// How often a function was called, by the name it is exported under.
long long host_calls(const char* function) {
  Lock lock(mutex);
  return calls[function];
}

// Forgets what was wrong, and sets how much memory the device has.
void host_reset(size_t bytes) {
  Lock lock(mutex);
  violations.clear();
  cuda::set_memory_bytes(bytes);
}

// Sets the compute capability of the device.
void host_set_capability(int major, int minor) {
  Lock lock(mutex);
  capability[0] = major;
  capability[1] = minor;
}

// Sets the version of cuDNN.
void host_set_cudnn_version(size_t version) {
  Lock lock(mutex);
  version_of_cudnn = version;
}

// Sets the newest version of CUDA that the driver knows, such as 12060.
void host_set_driver_version(int version) {
  Lock lock(mutex);
  version_of_driver = version;
}

// Lets the next call of a function, by the name it is exported under, return a status and do nothing.
void host_fail(const char* function, int status) {
  Lock lock(mutex);
  wanted_failures[function] = status;
}

// ---- devices and contexts ----

CUresult cuInit(unsigned flags) { return flags == 0 ? SUCCESS : INVALID_VALUE; }

CUresult cuDriverGetVersion(int* version) {
  *version = version_of_driver;
  return SUCCESS;
}

CUresult cuDeviceGetCount(int* count) {
  *count = 1;
  return SUCCESS;
}

CUresult cuDeviceGet(int* device, int ordinal) {
  *device = 0;
  return ordinal == 0 ? SUCCESS : INVALID_DEVICE;
}

CUresult cuDeviceGetName(char* name, int length, int) {
  std::snprintf(name, length, "cuda-on-host");
  return SUCCESS;
}

CUresult cuDeviceTotalMem_v2(size_t* bytes, int) {
  *bytes = cuda::memory_bytes();
  return SUCCESS;
}

CUresult cuDeviceGetAttribute(int* value, int attribute, int) {
  constexpr int MULTIPROCESSORS = 16, MAJOR = 75, MINOR = 76;
  switch (attribute) {
    case MULTIPROCESSORS: *value = 1; return SUCCESS;
    case MAJOR: *value = capability[0]; return SUCCESS;
    case MINOR: *value = capability[1]; return SUCCESS;
    default: return INVALID_VALUE;
  }
}

CUresult cuDevicePrimaryCtxRetain(void** context, int) {
  if (int status = host::wanted_failure(__func__)) return status;
  host::created("primary context");
  *context = &context_object;
  return SUCCESS;
}

CUresult cuDevicePrimaryCtxRelease_v2(int) {
  host::destroyed("primary context");
  return SUCCESS;
}

CUresult cuCtxSetCurrent(void* context) {
  current_context = context;
  return SUCCESS;
}

CUresult cuGetErrorName(CUresult status, const char** name) {
  switch (status) {
    case INVALID_VALUE: *name = "CUDA_ERROR_INVALID_VALUE"; break;
    case OUT_OF_MEMORY: *name = "CUDA_ERROR_OUT_OF_MEMORY"; break;
    case INVALID_CONTEXT: *name = "CUDA_ERROR_INVALID_CONTEXT"; break;
    case NOT_FOUND: *name = "CUDA_ERROR_NOT_FOUND"; break;
    case ILLEGAL_ADDRESS: *name = "CUDA_ERROR_ILLEGAL_ADDRESS"; break;
    case STREAM_CAPTURE_UNSUPPORTED: *name = "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED"; break;
    default: *name = "CUDA_ERROR_UNKNOWN"; break;
  }
  return SUCCESS;
}

CUresult cuGetErrorString(CUresult status, const char** text) {
  *text = status == NOT_FOUND ? "named symbol not found" : "said by cuda-on-host";
  return SUCCESS;
}

}  // extern "C"
