// What turns Kiln's kernels into C++ for the host: the grid, and the library functions of CUDA. The threads of a block
// run one after the other, each until it ends or meets a barrier.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

// CUDA has these for float and double under the same names.
using std::erfc, std::exp, std::expm1, std::fabs, std::fma, std::log, std::log1p, std::pow, std::sqrt, std::tanh;

extern "C" void host_barrier();
extern "C" void host_run_block(void (*thread)(void* argument, unsigned index), void* argument, unsigned threads);

struct HostKernel {
  const char* name;
  int arguments;
  const size_t* sizes;
  void (*run)(void** arguments, unsigned grid, unsigned block);
};

struct HostIndex {
  unsigned x, y, z;
};
static HostIndex threadIdx, blockIdx, blockDim, gridDim;

#define __device__
#define __forceinline__ inline
#define __restrict__
// The blocks run one after the other too, so that one copy is enough.
#define __shared__ static
// Another thread may have run meanwhile.
#define __syncthreads()       \
  do {                        \
    HostIndex own = threadIdx; \
    host_barrier();           \
    threadIdx = own;          \
  } while (0)

template <class... Arguments>
struct HostLaunch {
  void (*kernel)(Arguments...);
  void** arguments;

  template <size_t... Is>
  void call(std::index_sequence<Is...>) {
    kernel(*reinterpret_cast<std::remove_const_t<Arguments>*>(arguments[Is])...);
  }

  static void thread(void* self, unsigned index) {
    threadIdx = {index, 0, 0};
    static_cast<HostLaunch*>(self)->call(std::index_sequence_for<Arguments...>());
  }

  void run(unsigned grid, unsigned block) {
    gridDim = {grid, 1, 1};
    blockDim = {block, 1, 1};
    for (unsigned i = 0; i < grid; i++) {
      blockIdx = {i, 0, 0};
      host_run_block(&thread, this, block);
    }
  }
};

template <class... Arguments>
void host_run(void (*kernel)(Arguments...), void** arguments, unsigned grid, unsigned block) {
  HostLaunch<Arguments...>{kernel, arguments}.run(grid, block);
}

template <class... Arguments>
const size_t* host_sizes(void (*)(Arguments...)) {
  static const size_t sizes[] = {sizeof(Arguments)...};
  return sizes;
}

template <class... Arguments>
constexpr int host_count(void (*)(Arguments...)) {
  return sizeof...(Arguments);
}
