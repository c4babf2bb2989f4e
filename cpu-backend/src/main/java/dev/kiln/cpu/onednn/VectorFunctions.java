package dev.kiln.cpu.onednn;

/**
 * Functions of many numbers at once, made of nothing but arithmetic, so that the JVM compiles their
 * loops to vector instructions.
 */
final class VectorFunctions {

  /** Beyond this the hyperbolic tangent is 1 in single precision. */
  private static final float SATURATED = 9;

  private VectorFunctions() {}

  /**
   * Replaces numbers by their hyperbolic tangent, to about 4 units in the last place: a rational
   * function x P(x^2) / Q(x^2), with the coefficients of the Eigen library.
   */
  static void tanh(float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      float v = Math.min(Math.max(x[i], -SATURATED), SATURATED);
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
      x[i] = v * p / q;
    }
  }

  /** Replaces numbers by their logistic function, {@code (1 + tanh(x / 2)) / 2}. */
  static void sigmoid(float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] *= 0.5f;
    }
    tanh(x, from, to);
    for (int i = from; i < to; i++) {
      x[i] = 0.5f * x[i] + 0.5f;
    }
  }
}
