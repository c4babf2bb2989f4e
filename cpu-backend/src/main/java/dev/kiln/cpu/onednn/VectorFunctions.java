package dev.kiln.cpu.onednn;

/**
 * Functions of many numbers at once, made of nothing but arithmetic on the first elements of
 * arrays, so that the JVM compiles their loops to vector instructions.
 */
final class VectorFunctions {

  /** Beyond this the hyperbolic tangent is 1 in single precision. */
  private static final float SATURATED = 9;

  private VectorFunctions() {}

  /**
   * Replaces numbers by their hyperbolic tangent, to within 8 units in the last place (1e-42 where
   * the magnitude is below 1e-35): a rational function x P(x^2) / Q(x^2), with the coefficients of
   * the Eigen library.
   */
  static void tanh(float[] x, int count) {
    for (int i = 0; i < count; i++) {
      x[i] = tanh(x[i]);
    }
  }

  /** Replaces numbers by their logistic function, {@code (1 + tanh(x / 2)) / 2}, to within 3e-7. */
  static void sigmoid(float[] x, int count) {
    for (int i = 0; i < count; i++) {
      x[i] = 0.5f * tanh(0.5f * x[i]) + 0.5f;
    }
  }

  private static float tanh(float x) {
    float v = Math.min(Math.max(x, -SATURATED), SATURATED);
    float s = v * v;
    float p = -2.76076847742355e-16f;
    p = p * s + 2.00018790482477e-13f;
    p = p * s - 8.60467152213735e-11f;
    p = p * s + 5.12229709037114e-08f;
    p = p * s + 1.48572235717979e-05f;
    p = p * s + 6.37261928875436e-04f;
    p = p * s + 4.89352455891786e-03f;
    float q = 1.19825839466702e-06f;
    q = q * s + 1.18534705686654e-04f;
    q = q * s + 2.26843463243900e-03f;
    q = q * s + 4.89352518554385e-03f;
    return v * p / q;
  }

  /** {@code sum += x}. */
  static void add(float[] sum, float[] x, int count) {
    for (int i = 0; i < count; i++) {
      sum[i] += x[i];
    }
  }

  /** {@code sum += x y}. */
  static void addProduct(float[] sum, float[] x, float[] y, int count) {
    for (int i = 0; i < count; i++) {
      sum[i] += x[i] * y[i];
    }
  }

  /** {@code product *= x}. */
  static void multiply(float[] product, float[] x, int count) {
    for (int i = 0; i < count; i++) {
      product[i] *= x[i];
    }
  }

  /**
   * The gradient before a logistic function with result s: {@code dx = ds factor s (1 - s)}.
   *
   * @param ds the gradient of what the result was multiplied into
   * @param factor what it was multiplied with there
   */
  static void sigmoidGrad(float[] dx, float[] ds, float[] factor, float[] s, int count) {
    for (int i = 0; i < count; i++) {
      dx[i] = ds[i] * factor[i] * (s[i] * (1 - s[i]));
    }
  }

  /**
   * The gradient before a hyperbolic tangent with result t: {@code dx = dt factor (1 - t^2)}.
   *
   * @param dt the gradient of what the result was multiplied into
   * @param factor what it was multiplied with there
   */
  static void tanhGrad(float[] dx, float[] dt, float[] factor, float[] t, int count) {
    for (int i = 0; i < count; i++) {
      dx[i] = dt[i] * factor[i] * (1 - t[i] * t[i]);
    }
  }
}
