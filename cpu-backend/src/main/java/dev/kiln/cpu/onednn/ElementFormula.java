package dev.kiln.cpu.onednn;

import dev.kiln.op.Clamp;
import dev.kiln.op.Unary;
import java.util.Arrays;

/**
 * An elementwise formula on a few hundred elements at a time, in arrays: the form in which the JVM
 * compiles a loop to vector instructions. They are what oneDNN has no primitive for.
 */
@FunctionalInterface
interface ElementFormula {

  /**
   * Computes elements.
   *
   * @param operands for each input an array with its elements at the front
   * @param y where the results go
   * @param count how many there are
   */
  void apply(float[][] operands, float[] y, int count);

  /** Returns a constant. */
  static ElementFormula fill(float value) {
    return (operands, y, count) -> Arrays.fill(y, 0, count, value);
  }

  /** Returns the gradient of a clamp, of {@code x, dy}. */
  static ElementFormula clampGrad(Clamp clamp) {
    double low = clamp.low();
    double high = clamp.high();
    return (operands, y, count) -> {
      float[] x = operands[0];
      float[] dy = operands[1];
      for (int i = 0; i < count; i++) {
        y[i] = x[i] >= low && x[i] <= high ? dy[i] : 0;
      }
    };
  }

  /** Returns the derivative of a maximum, of {@code a, b}. */
  static ElementFormula dominance() {
    return (operands, y, count) -> {
      float[] a = operands[0];
      float[] b = operands[1];
      for (int i = 0; i < count; i++) {
        y[i] = a[i] > b[i] ? 1 : a[i] == b[i] ? 0.5f : 0;
      }
    };
  }

  /** Returns a function of {@code x}. */
  static ElementFormula forward(Unary function) {
    if (function == Unary.SOFTSIGN) {
      return (operands, y, count) -> {
        float[] x = operands[0];
        for (int i = 0; i < count; i++) {
          y[i] = x[i] / (1 + Math.abs(x[i]));
        }
      };
    }
    return (operands, y, count) -> {
      for (int i = 0; i < count; i++) {
        y[i] = (float) function.forward(operands[0][i]);
      }
    };
  }

  /** Returns the gradient of a function, of {@code xOrY, dy}. */
  static ElementFormula backward(Unary function) {
    return switch (function) {
      case SELU ->
          (operands, y, count) -> {
            float scale = (float) Unary.SELU.derivative(1);
            float atZero = (float) Unary.SELU.derivative(0);
            float[] selu = operands[0];
            float[] dy = operands[1];
            for (int i = 0; i < count; i++) {
              y[i] = dy[i] * (selu[i] > 0 ? scale : selu[i] + atZero);
            }
          };
      case RECIPROCAL ->
          (operands, y, count) -> {
            float[] inverse = operands[0];
            float[] dy = operands[1];
            for (int i = 0; i < count; i++) {
              y[i] = -dy[i] * (inverse[i] * inverse[i]);
            }
          };
      case SOFTSIGN ->
          (operands, y, count) -> {
            float[] x = operands[0];
            float[] dy = operands[1];
            for (int i = 0; i < count; i++) {
              float size = 1 + Math.abs(x[i]);
              y[i] = dy[i] / (size * size);
            }
          };
      default ->
          (operands, y, count) -> {
            for (int i = 0; i < count; i++) {
              y[i] = (float) (operands[1][i] * function.derivative(operands[0][i]));
            }
          };
    };
  }
}
