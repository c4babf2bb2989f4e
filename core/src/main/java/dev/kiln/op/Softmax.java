package dev.kiln.op;

import dev.kiln.tensor.TensorType;
import java.util.List;

/**
 * Turns scores into probabilities along one axis: {@code y = e^x / sum(e^x)}, computed without
 * overflow.
 *
 * <p>Input: {@code x} of any shape. Output: {@code y}, the same type.
 *
 * @param axis the axis of the classes, in [0, rank)
 */
public record Softmax(int axis) implements OpSpec {

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Operands in = new Operands(this, inputs, "x").floating(0);
    Axes.checkInside(in, axis);
    return List.of(TensorType.of(in.get(0).dtype(), in.shape(0)));
  }

  @Override
  public void gradient(Adjoint adjoint) {
    adjoint.give(0, () -> adjoint.apply(new Grad(axis), adjoint.output(0), adjoint.upstream()));
  }

  /**
   * The gradient of the softmax: {@code dx = y (dy - sum(y dy))} along the axis.
   *
   * <p>Inputs: {@code y}, the forward result, and {@code dy}. Output: {@code dx}, the same type.
   *
   * @param axis the axis of the classes
   */
  public record Grad(int axis) implements OpSpec {

    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Operands in = new Operands(this, inputs, "y", "dy").floating(0);
      Axes.checkInside(in, axis);
      in.dtypeOfFirst(1).shapeIs(1, in.shape(0));
      return List.of(TensorType.of(in.get(0).dtype(), in.shape(0)));
    }

    @Override
    public void gradient(Adjoint adjoint) {
      throw SecondDerivativeException.of(this);
    }
  }
}
