package dev.kiln.testkit;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;

/**
 * One input of a sample.
 *
 * @param type its type; {@link DType#F32} stands for the floating-point type the sample runs in
 * @param domain its values
 * @param differentiable whether the operation has a gradient for it
 */
public record Operand(TensorType type, Domain domain, boolean differentiable) {

  /** Returns a differentiable operand of standard normal values. */
  public static Operand normal(int... dims) {
    return of(Domain.normal(), dims);
  }

  /** Returns a differentiable floating-point operand. */
  public static Operand of(Domain domain, int... dims) {
    return new Operand(TensorType.of(DType.F32, dims), domain, true);
  }

  /** Returns an operand of another element type, without a gradient. */
  public static Operand of(DType dtype, Domain domain, int... dims) {
    return new Operand(TensorType.of(dtype, dims), domain, false);
  }

  /** Returns this operand without a gradient. */
  public Operand constant() {
    return new Operand(type, domain, false);
  }

  /** Returns the type when the sample runs in a floating-point type. */
  public TensorType type(DType floating) {
    return type.dtype() == DType.F32 ? type.withDType(floating) : type;
  }

  /**
   * Returns the values, rounded to the operand's own type first: they are the same numbers in
   * whatever type the sample runs.
   */
  public Tensor values(DType floating, Philox random) {
    double[] values = new double[Math.toIntExact(type.elements())];
    domain.fill(values, random);
    Tensor tensor = Tensor.allocate(type);
    for (int i = 0; i < values.length; i++) {
      tensor.set(i, values[i]);
    }
    return tensor.to(type(floating).dtype());
  }
}
