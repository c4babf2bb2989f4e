// What the files of the stand-in for libcudnn.so.9 share.
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>

#include "host.h"
#include "low.h"

namespace dnn {

enum Status { SUCCESS = 0, NOT_INITIALIZED = 1001, BAD_PARAM = 2000, NOT_SUPPORTED = 3000 };
enum Type { FLOAT = 0, DOUBLE = 1, HALF = 2, BFLOAT16 = 9 };
enum Math { DEFAULT_MATH = 0, TENSOR_OP_MATH = 1, FMA_MATH = 3 };
enum Format { NCHW = 0, NHWC = 1 };

struct Handle {
  host::Stream* stream = nullptr;
};

// Four dimensions without gaps, row by row or with the channels last.
struct Tensor {
  int type = -1;
  int64_t n = 0, c = 0, h = 0, w = 0;
  int format = NCHW;

  int64_t count() const { return n * c * h * w; }
  int64_t at(int64_t in, int64_t ic, int64_t ih, int64_t iw) const {
    return format == NHWC ? ((in * h + ih) * w + iw) * c + ic : ((in * c + ic) * h + ih) * w + iw;
  }
  // From one pixel of a row to the next.
  int64_t step() const { return format == NHWC ? c : 1; }
  bool operator==(const Tensor&) const = default;
};

inline bool is_type(int type) { return type == FLOAT || type == DOUBLE || type == HALF || type == BFLOAT16; }

// The orders of images that are known: both but for double.
inline bool is_format(int format, int type) { return format == NCHW || (format == NHWC && type != DOUBLE); }

inline size_t bytes_of(int type) {
  return type == DOUBLE ? sizeof(double) : type == FLOAT ? sizeof(float) : sizeof(uint16_t);
}

// What sums over elements, and the statistics of them, are kept in.
inline int accumulator(int type) { return type == DOUBLE ? DOUBLE : FLOAT; }

// Whether products may be computed so: F32 with or without TF32, low types by tensor cores.
inline bool is_math(int math, int type) {
  switch (type) {
    case FLOAT: return math == FMA_MATH || math == DEFAULT_MATH;
    case DOUBLE: return math == DEFAULT_MATH;
    default: return math == TENSOR_OP_MATH;
  }
}

// The statistics of elements of a type.
template <class T>
using Accumulator = std::conditional_t<sizeof(T) == sizeof(double), double, float>;

// Whether elements lie at a place that is aligned for them, all in device memory.
inline bool lie_at(const void* data, int64_t count, int type, const char* call) {
  if (uintptr_t(data) % bytes_of(type) != 0) {
    host::violation(std::string(call) + ": data that is not aligned for its type");
    return false;
  }
  return host::is_device_memory(data, count * bytes_of(type), call);
}

inline bool lies_at(const void* data, const Tensor& tensor, const char* call) {
  return lie_at(data, tensor.count(), tensor.type, call);
}

// The factors of a result and of what was there before, read by the call itself.
struct Blend {
  double alpha, beta;

  Blend(int type, const void* result, const void* before)
      : alpha(type == DOUBLE ? *static_cast<const double*>(result) : *static_cast<const float*>(result)),
        beta(type == DOUBLE ? *static_cast<const double*>(before) : *static_cast<const float*>(before)) {}

  template <class T>
  void store(T& target, double value) const {
    target = T(alpha * value + (beta == 0 ? 0 : beta * target));
  }
};

// Calls something with a zero of the elements' type.
template <class Call>
Status by_type(int type, Call call) {
  switch (type) {
    case FLOAT: call(float(0)); return SUCCESS;
    case DOUBLE: call(double(0)); return SUCCESS;
    case HALF: call(low::Half(0)); return SUCCESS;
    case BFLOAT16: call(low::BFloat16(0)); return SUCCESS;
    default: return NOT_SUPPORTED;
  }
}

}  // namespace dnn
