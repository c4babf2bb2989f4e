// The stand-in for libcuda.so.1: memory and copies. Device memory is host memory between guards, filled with what is not
// a number; what was freed is kept for a while, so that whoever uses it afterwards is found.

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>

#include "cuda.h"

using namespace cuda;

namespace {

constexpr size_t GUARD = 256;
constexpr unsigned char GUARD_BYTE = 0xE7;
constexpr unsigned char UNSET_BYTE = 0xFF;     // not a number, whatever the type
constexpr unsigned char NOT_COPIED_BYTE = 0xFB;

struct Allocation {
  size_t bytes;
  bool freed;
};
std::map<uintptr_t, Allocation> device_memory;
std::map<uintptr_t, size_t> pinned_memory;
size_t device_bytes = size_t(4) << 30;
size_t device_used = 0;

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

void check_guards_of(uintptr_t address, const Allocation& memory) {
  auto* data = reinterpret_cast<unsigned char*>(address);
  if (!is_intact(data - GUARD, GUARD, GUARD_BYTE)) host::violation("written before the begin of device memory");
  if (!is_intact(data + memory.bytes, GUARD, GUARD_BYTE)) host::violation("written beyond the end of device memory");
  if (memory.freed && !is_intact(data, memory.bytes, UNSET_BYTE)) host::violation("device memory written after it was freed");
}

}  // namespace

size_t cuda::memory_bytes() { return device_bytes; }

void cuda::set_memory_bytes(size_t bytes) { device_bytes = bytes; }

void cuda::check_guards() {
  for (auto& [address, memory] : device_memory) check_guards_of(address, memory);
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

extern "C" {

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
  if (cuda::finish_streams()) host::violation("cuMemFree before the work that may use it has finished");
  check_guards_of(pointer, found->second);
  std::memset(reinterpret_cast<void*>(pointer), UNSET_BYTE, found->second.bytes);
  found->second.freed = true;
  device_used -= found->second.bytes;
  host::destroyed("device memory");
  size_t kept = 0;
  for (auto memory = device_memory.begin(); memory != device_memory.end();) {
    if (memory->second.freed && (kept += memory->second.bytes) > (size_t(64) << 20)) {
      check_guards_of(memory->first, memory->second);
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

}  // extern "C"
