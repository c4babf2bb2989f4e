// The functions of dev.kiln.op.Unary and their derivatives. Every output may lie where the last input lies.

#define SELU_SCALE REAL(1.0507009873554804934193349852946)
#define SELU_SCALE_ALPHA REAL(1.0507009873554804934193349852946 * 1.6732632423543772848170429916717)
#define SQRT_2_OVER_PI REAL(0.79788456080286535587989211986876)
#define SQRT_HALF REAL(0.70710678118654752440084436210485)
#define NORMAL_DENSITY_AT_0 REAL(0.39894228040143267793994605993438)

__device__ inline REAL logistic(REAL x) { return 1 / (1 + exp(-x)); }
// e^x alone overflows.
__device__ inline REAL softplus_of(REAL x) { return (x > 0 ? x : 0) + log1p(exp(-fabs(x))); }
__device__ inline REAL normal_distribution(REAL x) { return REAL(0.5) * erfc(-x * SQRT_HALF); }
__device__ inline REAL gelu_argument(REAL x) { return SQRT_2_OVER_PI * (x + REAL(0.044715) * x * x * x); }
__device__ inline REAL sign(REAL x) { return x > 0 ? 1 : x < 0 ? -1 : x; }
__device__ inline REAL between(REAL x, REAL low, REAL high) { return x < low ? low : x > high ? high : x; }

__device__ inline REAL gelu_tanh_slope(REAL x) {
  REAL t = tanh(gelu_argument(x));
  REAL slope = SQRT_2_OVER_PI * (1 + 3 * REAL(0.044715) * x * x);
  return REAL(0.5) * (1 + t) + REAL(0.5) * x * (1 - t * t) * slope;
}
__device__ inline REAL silu_slope(REAL x) {
  REAL s = logistic(x);
  return s * (1 + x * (1 - s));
}
__device__ inline REAL mish_slope(REAL x) {
  REAL t = tanh(softplus_of(x));
  return t + x * (1 - t * t) * logistic(x);
}

// A function of x, and its derivative as a function of x where FROM is x, of the function's value y where it is y.
#define FUNCTION(name, forward, from, derivative)                                                            \
  KERNEL unary_##name(Index count, const ELEMENT* input, ELEMENT* output) {                                  \
    FOR_EACH(i, count) {                                                                                     \
      REAL x = input[i];                                                                                     \
      output[i] = forward;                                                                                   \
    }                                                                                                        \
  }                                                                                                          \
  KERNEL unary_##name##_grad(Index count, const ELEMENT* kept, const ELEMENT* upstream, ELEMENT* gradient) { \
    FOR_EACH(i, count) {                                                                                     \
      REAL from = kept[i];                                                                                   \
      (void)from;                                                                                            \
      gradient[i] = upstream[i] * (derivative);                                                              \
    }                                                                                                        \
  }

FUNCTION(identity, x, y, REAL(1))
FUNCTION(negate, -x, y, REAL(-1))
FUNCTION(abs, fabs(x), x, sign(x))
FUNCTION(square, x * x, x, 2 * x)
FUNCTION(sqrt, sqrt(x), y, REAL(0.5) / y)
FUNCTION(reciprocal, 1 / x, y, -y * y)
FUNCTION(exp, exp(x), y, y)
FUNCTION(log, log(x), x, 1 / x)
FUNCTION(step, REAL(x >= 0 ? 1 : 0), y, REAL(0))
FUNCTION(relu, x < 0 ? REAL(0) : x, y, REAL(y > 0 ? 1 : 0))
FUNCTION(leaky_relu, x > 0 ? x : REAL(0.01) * x, y, y > 0 ? REAL(1) : REAL(0.01))
FUNCTION(elu, x > 0 ? x : expm1(x), y, y > 0 ? REAL(1) : y + 1)
FUNCTION(selu, x > 0 ? SELU_SCALE * x : SELU_SCALE_ALPHA * expm1(x), y, y > 0 ? SELU_SCALE : y + SELU_SCALE_ALPHA)
FUNCTION(gelu, x * normal_distribution(x), x, normal_distribution(x) + x * exp(-x * x / 2) * NORMAL_DENSITY_AT_0)
FUNCTION(gelu_tanh, REAL(0.5) * x * (1 + tanh(gelu_argument(x))), x, gelu_tanh_slope(x))
FUNCTION(silu, x * logistic(x), x, silu_slope(x))
FUNCTION(mish, x * tanh(softplus_of(x)), x, mish_slope(x))
FUNCTION(softplus, softplus_of(x), x, logistic(x))
FUNCTION(softsign, x / (1 + fabs(x)), x, 1 / ((1 + fabs(x)) * (1 + fabs(x))))
FUNCTION(sigmoid, logistic(x), y, y * (1 - y))
FUNCTION(hard_sigmoid, between(x / 6 + REAL(0.5), 0, 1), x, x > -3 && x < 3 ? REAL(1) / 6 : REAL(0))
FUNCTION(tanh, tanh(x), y, 1 - y * y)
FUNCTION(hard_tanh, between(x, -1, 1), x, REAL(x > -1 && x < 1 ? 1 : 0))
FUNCTION(gaussian, exp(-x * x), x, -2 * x * exp(-x * x))
