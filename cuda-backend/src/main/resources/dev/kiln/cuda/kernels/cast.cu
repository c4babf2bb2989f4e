// Conversions by way of double, as dev.kiln.tensor.Tensor does them: to the nearest floating-point number, ties to even;
// towards zero to whole numbers, the nearest one that exists.

struct Half {
  unsigned short bits;
};
struct BFloat {
  unsigned short bits;
};

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

// Drops the lowest bits of a number and rounds to the nearest that is left, ties to even.
__device__ inline unsigned rounded_shift(unsigned value, unsigned shift) {
  unsigned kept = value >> shift;
  unsigned rest = value & ((1u << shift) - 1);
  unsigned half = 1u << (shift - 1);
  return kept + (rest > half || (rest == half && (kept & 1)) ? 1 : 0);
}

__device__ inline double to_double(float x) { return x; }
__device__ inline double to_double(double x) { return x; }
__device__ inline double to_double(int x) { return x; }
__device__ inline double to_double(long long x) { return (double)x; }
__device__ inline double to_double(unsigned char x) { return x; }
__device__ inline double to_double(BFloat x) { return of_bits((unsigned)x.bits << 16); }
__device__ inline double to_double(Half x) {
  unsigned sign = (unsigned)(x.bits & 0x8000) << 16;
  unsigned exponent = (x.bits >> 10) & 31;
  unsigned fraction = x.bits & 0x3ff;
  if (exponent == 0) {
    double value = fraction * (1.0 / (1 << 24));
    return sign ? -value : value;
  }
  unsigned rebiased = exponent == 31 ? 255 : exponent + 112;
  return of_bits(sign | rebiased << 23 | fraction << 13);
}

__device__ inline void set(float& y, double x) { y = (float)x; }
__device__ inline void set(double& y, double x) { y = x; }
__device__ inline void set(int& y, double x) {
  y = x != x ? 0 : x >= 2147483647.0 ? 2147483647 : x <= -2147483648.0 ? -2147483647 - 1 : (int)x;
}
__device__ inline void set(long long& y, double x) {
  const long long largest = 0x7fffffffffffffffLL;
  y = x != x ? 0 : x >= 9223372036854775808.0 ? largest : x <= -9223372036854775808.0 ? -largest - 1 : (long long)x;
}
__device__ inline void set(unsigned char& y, double x) {
  int whole;
  set(whole, x);
  y = (unsigned char)whole;
}
__device__ inline void set(BFloat& y, double x) {
  unsigned bits = bits_of((float)x);
  bool number = x == x;
  y.bits = (unsigned short)(number ? (bits + 0x7fff + ((bits >> 16) & 1)) >> 16 : (bits >> 16) | 0x40);
}
__device__ inline void set(Half& y, double x) {
  unsigned bits = bits_of((float)x);
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
  y.bits = (unsigned short)(sign | result);
}

#define CAST(from_name, from, to_name, to)                                       \
  KERNEL cast_##from_name##_##to_name(Index count, const from* x, to* y) {       \
    FOR_EACH(i, count) { set(y[i], to_double(x[i])); }                           \
  }
#define CASTS_FROM(name, type)        \
  CAST(name, type, f32, float)        \
  CAST(name, type, f64, double)       \
  CAST(name, type, f16, Half)         \
  CAST(name, type, bf16, BFloat)      \
  CAST(name, type, i32, int)          \
  CAST(name, type, i64, long long)    \
  CAST(name, type, u8, unsigned char)

CASTS_FROM(f32, float)
CASTS_FROM(f64, double)
CASTS_FROM(f16, Half)
CASTS_FROM(bf16, BFloat)
CASTS_FROM(i32, int)
CASTS_FROM(i64, long long)
CASTS_FROM(u8, unsigned char)
