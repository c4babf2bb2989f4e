package dev.kiln.cpu.onednn;

import dev.kiln.op.Affine;
import dev.kiln.op.Clamp;
import dev.kiln.op.OpSpec;
import dev.kiln.op.Unary;
import java.util.List;

/**
 * One of oneDNN's elementwise functions.
 *
 * @param algorithm the {@code dnnl_alg_kind_t}
 * @param alpha its first parameter
 * @param beta its second parameter
 */
record Eltwise(int algorithm, float alpha, float beta) {

  private static final int RELU = 0x20;
  private static final int TANH = 0x21;
  private static final int ELU = 0x22;
  private static final int SQUARE = 0x23;
  private static final int ABS = 0x24;
  private static final int SQRT = 0x25;
  private static final int LINEAR = 0x26;
  private static final int SOFT_RELU = 0x27;
  private static final int HARD_SIGMOID = 0x28;
  private static final int LOGISTIC = 0x29;
  private static final int EXP = 0x2a;
  private static final int GELU_TANH = 0x2b;
  private static final int SWISH = 0x2c;
  private static final int LOG = 0x2d;
  private static final int CLIP = 0x2e;
  private static final int CLIP_OPEN = 0x2f;
  private static final int POW = 0x30;
  private static final int GELU_ERF = 0x31;
  private static final int MISH = 0x33;
  private static final int RELU_FROM_OUTPUT = 0x100;
  private static final int TANH_FROM_OUTPUT = 0x101;
  private static final int ELU_FROM_OUTPUT = 0x102;
  private static final int SQRT_FROM_OUTPUT = 0x103;
  private static final int LOGISTIC_FROM_OUTPUT = 0x104;
  private static final int EXP_FROM_OUTPUT = 0x105;

  private static final float SELU_SCALE = 1.05070098735548f;
  private static final float SELU_ALPHA = 1.67326324235438f;

  /** Returns {@code scale * x + shift}. */
  static Eltwise affine(double scale, double shift) {
    return new Eltwise(LINEAR, (float) scale, (float) shift);
  }

  /** Returns {@code min(max(x, low), high)}. */
  static Eltwise clamp(double low, double high) {
    return new Eltwise(CLIP, (float) low, (float) high);
  }

  /** Returns the functions that make up an operation of one operand, or none if it is no such. */
  static List<Eltwise> of(OpSpec spec) {
    return spec instanceof Unary function
        ? forward(function)
        : spec instanceof Affine line
            ? List.of(affine(line.scale(), line.shift()))
            : spec instanceof Clamp bounds
                ? List.of(clamp(bounds.low(), bounds.high()))
                : List.of();
  }

  /** Returns the functions that make up an elementwise operation, or none if oneDNN lacks them. */
  static List<Eltwise> forward(Unary function) {
    return switch (function) {
      case IDENTITY -> List.of(affine(1, 0));
      case NEGATE -> List.of(affine(-1, 0));
      case ABS -> of(ABS, 0, 0);
      case SQUARE -> of(SQUARE, 0, 0);
      case SQRT -> of(SQRT, 0, 0);
      case RECIPROCAL -> of(POW, 1, -1);
      case EXP -> of(EXP, 0, 0);
      case LOG -> of(LOG, 0, 0);
      case RELU -> of(RELU, 0, 0);
      case LEAKY_RELU -> of(RELU, 0.01f, 0);
      case ELU -> of(ELU, 1, 0);
      case SELU -> List.of(new Eltwise(ELU, SELU_ALPHA, 0), affine(SELU_SCALE, 0));
      case GELU -> of(GELU_ERF, 0, 0);
      case GELU_TANH -> of(GELU_TANH, 0, 0);
      case SILU -> of(SWISH, 1, 0);
      case MISH -> of(MISH, 0, 0);
      case SOFTPLUS -> of(SOFT_RELU, 1, 0);
      case SIGMOID -> of(LOGISTIC, 0, 0);
      case HARD_SIGMOID -> of(HARD_SIGMOID, 1 / 6f, 0.5f);
      case TANH -> of(TANH, 0, 0);
      case HARD_TANH -> List.of(clamp(-1, 1));
      case GAUSSIAN -> List.of(new Eltwise(SQUARE, 0, 0), affine(-1, 0), new Eltwise(EXP, 0, 0));
      case STEP, SOFTSIGN -> List.of();
    };
  }

  /**
   * Returns the function whose backward pass is an operation's gradient, from the operand that
   * {@link Unary#derivativeFrom} names, or none if oneDNN lacks it.
   */
  static List<Eltwise> backward(Unary function) {
    return switch (function) {
      case IDENTITY -> List.of(affine(1, 0));
      case NEGATE -> List.of(affine(-1, 0));
      case ABS -> of(ABS, 0, 0);
      case SQUARE -> of(SQUARE, 0, 0);
      case SQRT -> of(SQRT_FROM_OUTPUT, 0, 0);
      case EXP -> of(EXP_FROM_OUTPUT, 0, 0);
      case LOG -> of(LOG, 0, 0);
      case RELU -> of(RELU_FROM_OUTPUT, 0, 0);
      case LEAKY_RELU -> of(RELU_FROM_OUTPUT, 0.01f, 0);
      case ELU -> of(ELU_FROM_OUTPUT, 1, 0);
      case GELU -> of(GELU_ERF, 0, 0);
      case GELU_TANH -> of(GELU_TANH, 0, 0);
      case SILU -> of(SWISH, 1, 0);
      case MISH -> of(MISH, 0, 0);
      case SOFTPLUS -> of(SOFT_RELU, 1, 0);
      case SIGMOID -> of(LOGISTIC_FROM_OUTPUT, 0, 0);
      case HARD_SIGMOID -> of(HARD_SIGMOID, 1 / 6f, 0.5f);
      case TANH -> of(TANH_FROM_OUTPUT, 0, 0);
      // The other clip counts its upper corner as inside.
      case HARD_TANH -> of(CLIP_OPEN, -1, 1);
      case STEP, SELU, RECIPROCAL, SOFTSIGN, GAUSSIAN -> List.of();
    };
  }

  /** Returns whether the backward pass reads the function's result instead of its argument. */
  boolean fromOutput() {
    return algorithm >= RELU_FROM_OUTPUT;
  }

  private static List<Eltwise> of(int algorithm, float alpha, float beta) {
    return List.of(new Eltwise(algorithm, alpha, beta));
  }
}
