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

namespace {

// The shared library in an image; nothing if it is none for the device.
std::string library_in(const char* image) {
  struct Header {
    char kind[8];
    int64_t architecture;
    uint64_t bytes;
  } header;
  std::memcpy(&header, image, sizeof header.kind);
  if (std::memcmp(header.kind, "KILNHOST", 8) == 0) {
    std::memcpy(&header, image, sizeof header);
    return header.architecture == cuda::architecture() ? std::string(image + sizeof header, header.bytes) : "";
  }
  if (std::memcmp(header.kind, "KILNTEXT", 8) != 0 || std::stoi(image + 8) > cuda::architecture()) return "";
  std::string library;
  for (const char* digits = std::strchr(image, '\n') + 1; *digits; digits += 2) {
    library += char(std::stoi(std::string(digits, 2), nullptr, 16));
  }
  return library;
}

}  // namespace

extern "C" {

// An image is a shared library as the stand-in for NVRTC makes it: for the architecture of the device alone, behind its
// length; or as text for this one and newer ones, in hexadecimal, with a zero at the end.
CUresult cuModuleLoadData(void** module, const void* image) {
  ENTER_TO_WAIT("cuModuleLoadData");
  std::string library = library_in(static_cast<const char*>(image));
  if (library.empty()) return INVALID_IMAGE;
  char name[] = "/tmp/cuda-on-host-XXXXXX";
  int file = mkstemp(name);
  bool written = write(file, library.data(), library.size()) == ssize_t(library.size());
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
