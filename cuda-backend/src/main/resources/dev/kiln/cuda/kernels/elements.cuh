// The types of elements in memory that no arithmetic is done in: they are read as float and rounded when they are
// written, to the nearest, ties to even, as dev.kiln.tensor.Tensor does it.

__device__ inline unsigned bits_of(float value) {
  union {
    float number;
    unsigned bits;
  } both;
  both.number = value;
  return both.bits;
}

__device__ inline float of_bits(unsigned bits) {
  union {
    float number;
    unsigned bits;
  } both;
  both.bits = bits;
  return both.number;
}

struct BFloat {
  unsigned short bits;

  BFloat() = default;
  __device__ inline BFloat(float x) {
    unsigned all = bits_of(x);
    bits = (unsigned short)(x == x ? (all + 0x7fff + ((all >> 16) & 1)) >> 16 : (all >> 16) | 0x40);
  }
  __device__ inline operator float() const { return of_bits((unsigned)bits << 16); }
};

#ifdef __CUDA_ARCH__
__device__ inline unsigned short half_of(float x) {
  unsigned short bits;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(x));
  return bits;
}
__device__ inline float float_of(unsigned short bits) {
  float x;
  asm("cvt.f32.f16 %0, %1;" : "=f"(x) : "h"(bits));
  return x;
}
#else
// Drops the lowest bits of a number and rounds to the nearest that is left, ties to even.
__device__ inline unsigned rounded_shift(unsigned value, unsigned shift) {
  unsigned kept = value >> shift;
  unsigned rest = value & ((1u << shift) - 1);
  unsigned half = 1u << (shift - 1);
  return kept + (rest > half || (rest == half && (kept & 1)) ? 1 : 0);
}
__device__ inline unsigned short half_of(float x) {
  unsigned bits = bits_of(x);
  unsigned sign = (bits >> 16) & 0x8000;
  unsigned magnitude = bits & 0x7fffffff;
  unsigned result;
  if (magnitude > 0x7f800000) {
    result = 0x7e00 | ((magnitude >> 13) & 0x3ff);
  } else if (magnitude >= 0x477ff000) {  // rounds to more than the largest finite one
    result = 0x7c00;
  } else if (magnitude >= 0x38800000) {
    result = rounded_shift(magnitude - (112u << 23), 13);
  } else if (magnitude >= 0x33000000) {  // becomes subnormal
    unsigned exponent = magnitude >> 23;
    result = rounded_shift((magnitude & 0x7fffff) | 0x800000, 126 - exponent);
  } else {
    result = 0;
  }
  return (unsigned short)(sign | result);
}
__device__ inline float float_of(unsigned short bits) {
  unsigned sign = (unsigned)(bits & 0x8000) << 16;
  unsigned exponent = (bits >> 10) & 31;
  unsigned fraction = bits & 0x3ff;
  if (exponent == 0) {
    float value = fraction * (1.0f / (1 << 24));
    return sign ? -value : value;
  }
  unsigned rebiased = exponent == 31 ? 255 : exponent + 112;
  return of_bits(sign | rebiased << 23 | fraction << 13);
}
#endif

struct Half {
  unsigned short bits;

  Half() = default;
  __device__ inline Half(float x) : bits(half_of(x)) {}
  __device__ inline operator float() const { return float_of(bits); }
};

