// The stand-in for libcuda.so.1: just the functions that the backend calls, on host memory. What is put on a stream
// runs only when somebody waits for it, so that a result read too early is wrong every time.

#include <dlfcn.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "host.h"

using CUresult = int;
using CUdeviceptr = unsigned long long;

namespace {

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

constexpr size_t GUARD = 256;
constexpr unsigned char GUARD_BYTE = 0xE7;
constexpr unsigned char UNSET_BYTE = 0xFF;     // not a number, whatever the type
constexpr unsigned char NOT_COPIED_BYTE = 0xFB;

std::recursive_mutex mutex;
using Lock = std::lock_guard<std::recursive_mutex>;

std::map<std::string, int> live;
std::map<std::string, long long> calls;
long long work_done = 0;
std::vector<std::string> violations;

struct Allocation {
  size_t bytes;
  bool freed;
};
std::map<uintptr_t, Allocation> device_memory;
std::map<uintptr_t, size_t> pinned_memory;
size_t device_bytes = size_t(4) << 30;
int capability[] = {9, 0};
size_t version_of_cudnn = 90501;
size_t device_used = 0;
int context_object;
thread_local void* current_context;

bool is_pinned(const void* pointer, size_t bytes) {
  auto found = pinned_memory.upper_bound(uintptr_t(pointer));
  if (found == pinned_memory.begin()) return false;
  --found;
  return uintptr_t(pointer) + bytes <= found->first + found->second;
}

bool is_intact(const unsigned char* bytes, size_t count, unsigned char expected) {
  for (size_t i = 0; i < count; i++) {
    if (bytes[i] != expected) return false;
  }
  return true;
}

void check_guards(uintptr_t address, const Allocation& memory) {
  auto* data = reinterpret_cast<unsigned char*>(address);
  if (!is_intact(data - GUARD, GUARD, GUARD_BYTE)) host::violation("written before the begin of device memory");
  if (!is_intact(data + memory.bytes, GUARD, GUARD_BYTE)) host::violation("written beyond the end of device memory");
  if (memory.freed && !is_intact(data, memory.bytes, UNSET_BYTE)) host::violation("device memory written after it was freed");
}

}  // namespace

struct Graph {
  std::vector<std::function<void()>> works;
};

struct host::Stream {
  std::deque<std::function<void()>> queue;
  size_t first = 0;          // position of the queue's first work, counted from the stream's begin
  Graph* recording = nullptr;

  size_t end() const { return first + queue.size(); }

  // Runs everything up to a position; what runs may wait for other streams, never for this one.
  void run_until(size_t position) {
    while (first < position) {
      std::function<void()> work = std::move(queue.front());
      queue.pop_front();
      first++;
      work_done++;
      work();
    }
  }
};

namespace {

struct Event {
  host::Stream* stream = nullptr;
  size_t position = 0;

  bool happened() const { return stream == nullptr || stream->first >= position; }
};

std::vector<host::Stream*> streams;

bool is_capturing() {
  for (host::Stream* stream : streams) {
    if (stream->recording) return true;
  }
  return false;
}

CUresult enter() { return current_context ? SUCCESS : INVALID_CONTEXT; }

#define ENTER()                                   \
  Lock lock(mutex);                               \
  calls[__func__]++;                              \
  if (CUresult status = enter()) return status
#define ENTER_TO_WAIT(call)                       \
  ENTER();                                        \
  if (!host::may_wait(call)) return STREAM_CAPTURE_UNSUPPORTED

}  // namespace

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

size_t host::cudnn_version() {
  Lock lock(mutex);
  return version_of_cudnn;
}

bool host::is_device_memory(const void* pointer, size_t bytes, const char* use) {
  Lock lock(mutex);
  uintptr_t address = uintptr_t(pointer);
  auto found = device_memory.upper_bound(address);
  if (found != device_memory.begin()) {
    --found;
    if (address + bytes <= found->first + found->second.bytes) {
      if (!found->second.freed) return true;
      violation(std::string(use) + " uses device memory that was freed");
      return false;
    }
  }
  violation(std::string(use) + ": " + std::to_string(bytes) + " bytes lie outside every allocation of device memory");
  return false;
}

bool host::may_wait(const char* call) {
  if (!is_capturing()) return true;
  violation(std::string(call) + " while a stream is captured");
  return false;
}

void host::enqueue(Stream* stream, std::function<void()> work) {
  Lock lock(mutex);
  if (stream->recording) {
    stream->recording->works.push_back(std::move(work));
  } else {
    stream->queue.push_back(std::move(work));
  }
}

extern "C" {

// ---- what tests ask ----

// Writes what is left and what was wrong, one per line; nothing if all is well.
void host_report(char* text, size_t bytes) {
  Lock lock(mutex);
  std::string report;
  for (auto& [address, memory] : device_memory) check_guards(address, memory);
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

// How much of what was put on streams has run.
long long host_work_done() {
  Lock lock(mutex);
  return work_done;
}

// Forgets what was wrong, and sets how much memory the device has.
void host_reset(size_t bytes) {
  Lock lock(mutex);
  violations.clear();
  device_bytes = bytes;
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

// ---- devices and contexts ----

CUresult cuInit(unsigned flags) { return flags == 0 ? SUCCESS : INVALID_VALUE; }

CUresult cuDriverGetVersion(int* version) {
  *version = 12060;
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
  *bytes = device_bytes;
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

// ---- memory ----

CUresult cuMemAlloc_v2(CUdeviceptr* pointer, size_t bytes) {
  ENTER_TO_WAIT("cuMemAlloc");
  if (bytes == 0) return INVALID_VALUE;
  if (bytes > device_bytes - device_used) return OUT_OF_MEMORY;
  size_t whole = (bytes + GUARD - 1) / GUARD * GUARD + 2 * GUARD;
  auto* base = static_cast<unsigned char*>(std::aligned_alloc(GUARD, whole));
  std::memset(base, GUARD_BYTE, whole);
  std::memset(base + GUARD, UNSET_BYTE, bytes);
  *pointer = CUdeviceptr(base + GUARD);
  device_memory[*pointer] = {bytes, false};
  device_used += bytes;
  host::created("device memory");
  return SUCCESS;
}

// The memory is kept for a while, so that whoever uses it afterwards is found.
CUresult cuMemFree_v2(CUdeviceptr pointer) {
  ENTER_TO_WAIT("cuMemFree");
  auto found = device_memory.find(pointer);
  if (found == device_memory.end() || found->second.freed) return INVALID_VALUE;
  for (host::Stream* stream : streams) {
    if (!stream->queue.empty()) host::violation("cuMemFree before the work that may use it has finished");
    stream->run_until(stream->end());
  }
  check_guards(pointer, found->second);
  std::memset(reinterpret_cast<void*>(pointer), UNSET_BYTE, found->second.bytes);
  found->second.freed = true;
  device_used -= found->second.bytes;
  host::destroyed("device memory");
  size_t kept = 0;
  for (auto memory = device_memory.begin(); memory != device_memory.end();) {
    if (memory->second.freed && (kept += memory->second.bytes) > (size_t(64) << 20)) {
      check_guards(memory->first, memory->second);
      std::free(reinterpret_cast<unsigned char*>(memory->first) - GUARD);
      memory = device_memory.erase(memory);
    } else {
      ++memory;
    }
  }
  return SUCCESS;
}

CUresult cuMemGetInfo_v2(size_t* free, size_t* total) {
  ENTER();
  *total = device_bytes;
  *free = device_bytes - device_used;
  return SUCCESS;
}

CUresult cuMemAllocHost_v2(void** pointer, size_t bytes) {
  ENTER_TO_WAIT("cuMemAllocHost");
  *pointer = std::aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
  pinned_memory[uintptr_t(*pointer)] = bytes;
  host::created("page-locked memory");
  return SUCCESS;
}

CUresult cuMemFreeHost(void* pointer) {
  ENTER_TO_WAIT("cuMemFreeHost");
  if (!pinned_memory.erase(uintptr_t(pointer))) return INVALID_VALUE;
  std::free(pointer);
  host::destroyed("page-locked memory");
  return SUCCESS;
}

CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void* from, size_t bytes, host::Stream* stream) {
  ENTER();
  auto* target = reinterpret_cast<void*>(to);
  if (!host::is_device_memory(target, bytes, "cuMemcpyHtoDAsync")) return INVALID_VALUE;
  if (!is_pinned(from, bytes)) {
    host::violation("cuMemcpyHtoDAsync from memory that is not page-locked");
    return INVALID_VALUE;
  }
  host::enqueue(stream, [=] { std::memcpy(target, from, bytes); });
  return SUCCESS;
}

CUresult cuMemcpyDtoHAsync_v2(void* to, CUdeviceptr from, size_t bytes, host::Stream* stream) {
  ENTER();
  auto* source = reinterpret_cast<const void*>(from);
  if (!host::is_device_memory(source, bytes, "cuMemcpyDtoHAsync")) return INVALID_VALUE;
  if (!is_pinned(to, bytes)) {
    host::violation("cuMemcpyDtoHAsync to memory that is not page-locked");
    return INVALID_VALUE;
  }
  std::memset(to, NOT_COPIED_BYTE, bytes);
  host::enqueue(stream, [=] { std::memcpy(to, source, bytes); });
  return SUCCESS;
}

CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes, host::Stream* stream) {
  ENTER();
  auto* source = reinterpret_cast<const unsigned char*>(from);
  auto* target = reinterpret_cast<unsigned char*>(to);
  if (!host::is_device_memory(source, bytes, "cuMemcpyDtoDAsync")) return INVALID_VALUE;
  if (!host::is_device_memory(target, bytes, "cuMemcpyDtoDAsync")) return INVALID_VALUE;
  if (source < target + bytes && target < source + bytes) {
    host::violation("cuMemcpyDtoDAsync between ranges that overlap");
    return INVALID_VALUE;
  }
  host::enqueue(stream, [=] { std::memcpy(target, source, bytes); });
  return SUCCESS;
}

CUresult cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t bytes, host::Stream* stream) {
  ENTER();
  auto* target = reinterpret_cast<void*>(to);
  if (!host::is_device_memory(target, bytes, "cuMemsetD8Async")) return INVALID_VALUE;
  host::enqueue(stream, [=] { std::memset(target, value, bytes); });
  return SUCCESS;
}

// ---- streams, events, graphs ----

CUresult cuStreamCreate(host::Stream** stream, unsigned) {
  ENTER();
  *stream = new host::Stream;
  streams.push_back(*stream);
  host::created("stream");
  return SUCCESS;
}

CUresult cuStreamDestroy_v2(host::Stream* stream) {
  ENTER_TO_WAIT("cuStreamDestroy");
  stream->run_until(stream->end());
  std::erase(streams, stream);
  delete stream;
  host::destroyed("stream");
  return SUCCESS;
}

CUresult cuStreamSynchronize(host::Stream* stream) {
  ENTER_TO_WAIT("cuStreamSynchronize");
  stream->run_until(stream->end());
  return SUCCESS;
}

CUresult cuEventCreate(Event** event, unsigned) {
  ENTER();
  *event = new Event;
  host::created("event");
  return SUCCESS;
}

CUresult cuEventDestroy_v2(Event* event) {
  ENTER();
  delete event;
  host::destroyed("event");
  return SUCCESS;
}

CUresult cuEventRecord(Event* event, host::Stream* stream) {
  ENTER();
  if (!host::may_wait("cuEventRecord")) return STREAM_CAPTURE_UNSUPPORTED;
  event->stream = stream;
  event->position = stream->end();
  return SUCCESS;
}

// Every time one looks, half of what was left has happened.
CUresult cuEventQuery(Event* event) {
  ENTER_TO_WAIT("cuEventQuery");
  if (event->happened()) return SUCCESS;
  size_t left = event->position - event->stream->first;
  event->stream->run_until(event->stream->first + (left + 1) / 2);
  return NOT_READY;
}

CUresult cuEventSynchronize(Event* event) {
  ENTER_TO_WAIT("cuEventSynchronize");
  if (!event->happened()) event->stream->run_until(event->position);
  return SUCCESS;
}

CUresult cuStreamWaitEvent(host::Stream* stream, Event* event, unsigned) {
  ENTER_TO_WAIT("cuStreamWaitEvent");
  Event moment = *event;
  host::enqueue(stream, [moment] {
    if (!moment.happened()) moment.stream->run_until(moment.position);
  });
  return SUCCESS;
}

CUresult cuStreamBeginCapture_v2(host::Stream* stream, int) {
  ENTER();
  if (stream->recording) return INVALID_VALUE;
  stream->recording = new Graph;
  host::created("graph");
  return SUCCESS;
}

CUresult cuStreamEndCapture(host::Stream* stream, Graph** graph) {
  ENTER();
  if (!stream->recording) return INVALID_VALUE;
  *graph = stream->recording;
  stream->recording = nullptr;
  return SUCCESS;
}

CUresult cuGraphInstantiateWithFlags(Graph** executable, Graph* graph, unsigned long long) {
  ENTER();
  *executable = new Graph(*graph);
  host::created("executable graph");
  return SUCCESS;
}

CUresult cuGraphLaunch(Graph* executable, host::Stream* stream) {
  ENTER();
  for (auto& work : executable->works) host::enqueue(stream, work);
  return SUCCESS;
}

CUresult cuGraphDestroy(Graph* graph) {
  ENTER();
  delete graph;
  host::destroyed("graph");
  return SUCCESS;
}

CUresult cuGraphExecDestroy(Graph* executable) {
  ENTER();
  for (host::Stream* stream : streams) stream->run_until(stream->end());
  delete executable;
  host::destroyed("executable graph");
  return SUCCESS;
}

// ---- modules and kernels ----

// An image is a shared library behind its length, as the stand-in for NVRTC makes it.
CUresult cuModuleLoadData(void** module, const void* image) {
  ENTER_TO_WAIT("cuModuleLoadData");
  const char* bytes = static_cast<const char*>(image);
  if (std::memcmp(bytes, "KILNHOST", 8) != 0) return INVALID_IMAGE;
  uint64_t length;
  std::memcpy(&length, bytes + 8, sizeof length);
  char name[] = "/tmp/cuda-on-host-XXXXXX";
  int file = mkstemp(name);
  bool written = write(file, bytes + 16, length) == ssize_t(length);
  close(file);
  *module = written ? dlopen(name, RTLD_NOW | RTLD_LOCAL) : nullptr;
  if (!*module) host::violation(dlerror());
  unlink(name);
  if (!*module) return INVALID_IMAGE;
  host::created("module");
  return SUCCESS;
}

CUresult cuModuleUnload(void* module) {
  ENTER_TO_WAIT("cuModuleUnload");
  for (host::Stream* stream : streams) stream->run_until(stream->end());
  dlclose(module);
  host::destroyed("module");
  return SUCCESS;
}

CUresult cuModuleGetFunction(const HostKernel** function, void* module, const char* name) {
  ENTER();
  auto* kernels = static_cast<const HostKernel*>(dlsym(module, "host_kernels"));
  for (const HostKernel* kernel = kernels; kernel && kernel->name; kernel++) {
    if (std::strcmp(kernel->name, name) == 0) {
      *function = kernel;
      return SUCCESS;
    }
  }
  return NOT_FOUND;
}

CUresult cuLaunchKernel(const HostKernel* kernel, unsigned grid, unsigned gridY, unsigned gridZ, unsigned block,
                        unsigned blockY, unsigned blockZ, unsigned shared, host::Stream* stream, void** arguments,
                        void** extra) {
  ENTER();
  if (gridY != 1 || gridZ != 1 || blockY != 1 || blockZ != 1 || shared != 0 || extra || grid < 1 || block < 1 ||
      block > 1024) {
    host::violation(std::string("a grid that cuda-on-host does not know, for ") + kernel->name);
    return INVALID_VALUE;
  }
  // A launch takes the arguments as they are now.
  auto values = std::make_shared<std::vector<std::vector<char>>>();
  for (int i = 0; i < kernel->arguments; i++) {
    auto* bytes = static_cast<char*>(arguments[i]);
    values->emplace_back(bytes, bytes + kernel->sizes[i]);
  }
  host::enqueue(stream, [=] {
    std::vector<void*> pointers;
    for (auto& value : *values) pointers.push_back(value.data());
    kernel->run(pointers.data(), grid, block);
  });
  return SUCCESS;
}

}  // extern "C"
