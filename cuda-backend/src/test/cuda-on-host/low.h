// The types of two bytes that the stand-ins for cuBLAS and cuDNN compute with, and what tensor cores make of F32.
// Independent of the backend's own kernels, so that each checks the other.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

namespace low {

// The nearest number with so many significant bits, ties to even, down to a least power of two that is a unit.
inline double rounded(double value, int bits, int least_exponent) {
  if (value == 0 || !std::isfinite(value)) return value;
  int exponent;
  std::frexp(value, &exponent);
  int unit = exponent - bits < least_exponent ? least_exponent : exponent - bits;
  return std::ldexp(std::nearbyint(std::ldexp(value, -unit)), unit);
}

// Of what was float before, 10 bits of fraction are left.
inline double tf32(double value) { return rounded(value, 11, -149); }

// bfloat16: the upper half of a float.
struct BFloat16 {
  uint16_t bits = 0;

  BFloat16() = default;
  BFloat16(double value) {
    float single = float(rounded(float(value), 8, -133));
    uint32_t all;
    std::memcpy(&all, &single, sizeof all);
    bits = uint16_t(all >> 16);
  }
  operator double() const {
    uint32_t all = uint32_t(bits) << 16;
    float single;
    std::memcpy(&single, &all, sizeof single);
    return single;
  }
};

// IEEE 754 half precision.
struct Half {
  _Float16 value = 0;

  Half() = default;
  Half(double wide) : value(_Float16(float(wide))) {}
  operator double() const { return value; }
};

}  // namespace low
