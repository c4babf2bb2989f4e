// Conversions by way of double, as dev.kiln.tensor.Tensor does them: to the nearest floating-point number, ties to even;
// towards zero to whole numbers, the nearest one that exists.

__device__ inline double to_double(float x) { return x; }
__device__ inline double to_double(double x) { return x; }
__device__ inline double to_double(int x) { return x; }
__device__ inline double to_double(long long x) { return (double)x; }
__device__ inline double to_double(unsigned char x) { return x; }
__device__ inline double to_double(BFloat x) { return (float)x; }
__device__ inline double to_double(Half x) { return (float)x; }

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
__device__ inline void set(BFloat& y, double x) { y = BFloat((float)x); }
__device__ inline void set(Half& y, double x) { y = Half((float)x); }

// In the order of x, and from places that are in another order than those of y.
#define CAST(from_name, from, to_name, to)                                                           \
  KERNEL cast_##from_name##_##to_name(Index count, const from* x, to* y) {                           \
    FOR_EACH(i, count) { set(y[i], to_double(x[i])); }                                               \
  }                                                                                                  \
  KERNEL cast_##from_name##_##to_name##_reordered(Index count, const from* x, to* y, Walk places) {  \
    FOR_EACH(i, count) { set(y[i], to_double(x[locate(places, 0, i)])); }                            \
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
