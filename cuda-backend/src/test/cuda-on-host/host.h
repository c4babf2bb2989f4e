// What the stand-ins share: libcuda's offers it to the others. Nothing of this exists on a GPU.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace host {

struct Stream;

// Objects that must be destroyed, by kind. A test ends with none left.
void created(const char* kind);
void destroyed(const char* kind);

// Notes that a rule of CUDA was broken that a GPU might not have told. A test ends with none noted.
void violation(const std::string& what);

// Whether all these bytes lie in one live allocation of device memory; notes a violation where not.
bool is_device_memory(const void* pointer, size_t bytes, const char* use);

// Whether a stream exists and is not in use for recording while something is called that must not be recorded.
bool may_wait(const char* call);

// Puts work on a stream: it runs when somebody waits for it, or is recorded while the stream is captured.
void enqueue(Stream* stream, std::function<void()> work);

// What a call is to return instead of doing anything, because a test wants it to fail once; 0 if it is not to fail.
int wanted_failure(const char* call);

// The version of cuDNN that its stand-in says to be.
size_t cudnn_version();

}  // namespace host

// What kernels compiled for the host call: the barrier, and the loop over the threads of a block.
extern "C" void host_barrier();
extern "C" void host_run_block(void (*thread)(void* argument, unsigned index), void* argument, unsigned threads);

// A kernel compiled for the host, as its library exports it.
struct HostKernel {
  const char* name;
  int arguments;
  const size_t* sizes;
  void (*run)(void** arguments, unsigned grid, unsigned block);
};
