package dev.kiln.testkit;

import dev.kiln.check.Tolerance;
import dev.kiln.op.BatchNorm;
import dev.kiln.op.BatchNormInference;
import dev.kiln.op.OpSpec;
import dev.kiln.op.Recurrent;
import dev.kiln.op.Slice;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One operation on operands of fixed types and values: a row of the table that every backend is
 * tested with.
 *
 * @param name what tests call it; unique
 * @param spec the operation
 * @param operands its inputs
 * @param tolerance how far single precision may be from the definition in double precision
 * @param smooth whether the gradient exists at these values, so that differences can confirm it
 */
public record Sample(
    String name, OpSpec spec, List<Operand> operands, Tolerance tolerance, boolean smooth) {

  private static final Tolerance USUAL = new Tolerance(1e-4, 1e-5);

  /** Copies the operands. */
  public Sample {
    operands = List.copyOf(operands);
  }

  /** Returns a smooth sample with the usual tolerance: relative 1e-4, absolute 1e-5. */
  public static Sample of(String name, OpSpec spec, Operand... operands) {
    return new Sample(spec.opName() + " " + name, spec, List.of(operands), USUAL, true);
  }

  /** Returns this sample with another tolerance, such as for long sums. */
  public Sample within(double relative, double absolute) {
    return new Sample(name, spec, operands, new Tolerance(relative, absolute), smooth);
  }

  /** Returns this sample marked as having values where the gradient is a convention. */
  public Sample atKinks() {
    return new Sample(name, spec, operands, tolerance, false);
  }

  /** Returns the types of the operands when the sample runs in a floating-point type. */
  public List<TensorType> types(DType floating) {
    return IntStream.range(0, operands.size())
        .mapToObj(i -> operands.get(i).type(typeOf(i, floating)))
        .toList();
  }

  /** Returns the values of the operands when the sample runs in a floating-point type. */
  public List<Tensor> values(DType floating) {
    return IntStream.range(0, operands.size())
        .mapToObj(i -> operands.get(i).values(typeOf(i, floating), random(i)))
        .toList();
  }

  /** The per-channel operands of batch normalization are never F16 or BF16. */
  private DType typeOf(int operand, DType floating) {
    boolean perChannel =
        switch (spec) {
          case BatchNorm _, BatchNormInference _ -> operand > 0;
          case BatchNorm.Grad _ -> operand > 0 && operand < 4;
          default -> false;
        };
    return perChannel ? floating.accumulator() : floating;
  }

  /** Returns the positions of the operands that have a gradient. */
  public List<Integer> differentiable() {
    return IntStream.range(0, operands.size())
        .filter(i -> operands.get(i).differentiable())
        .boxed()
        .toList();
  }

  /**
   * Returns how many results, from the first on, a gradient can come back through: a recurrent
   * stack's outputs and last states, any other operation's first result.
   */
  public int differentiableResults() {
    return spec instanceof Recurrent recurrent ? 1 + recurrent.states() : 1;
  }

  /** Returns this sample's own random numbers for one purpose. */
  public Philox random(int stream) {
    return new Philox(name.hashCode(), stream, 0);
  }

  /** Returns whether the operation is itself a gradient and has none of its own. */
  public boolean isGradient() {
    return spec.getClass().getSimpleName().endsWith("Grad") && !(spec instanceof Slice.Grad);
  }

  @Override
  public String toString() {
    return name;
  }
}
