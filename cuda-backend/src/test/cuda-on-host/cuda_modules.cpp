// The stand-in for libcuda.so.1: modules and kernels, which its stand-in for NVRTC compiles to shared libraries.

#include <dlfcn.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "cuda.h"

using namespace cuda;

extern "C" {

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
  cuda::finish_streams();
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
