package dev.kiln.op;

import dev.kiln.tensor.TensorType;
import java.util.List;

/**
 * Takes a range along one axis.
 *
 * <p>Input: {@code x}. Output: {@code y}, with {@code end - start} along the axis.
 *
 * @param axis the axis, in [0, rank)
 * @param start the first index taken
 * @param end the first index not taken
 */
public record Slice(int axis, int start, int end) implements OpSpec {

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Operands in = new Operands(this, inputs, "x");
    Axes.checkInside(in, axis);
    in.require(
        0 <= start && start < end && end <= in.shape(0).dim(axis),
        "the range [%d, %d) must not be empty and lie inside [0, %d)"
            .formatted(start, end, in.shape(0).dim(axis)));
    return List.of(TensorType.of(in.get(0).dtype(), in.shape(0).with(axis, end - start)));
  }

  @Override
  public void gradient(Adjoint adjoint) {
    int size = adjoint.input(0).shape().dim(axis);
    adjoint.give(0, () -> adjoint.apply(new Grad(this, size), adjoint.upstream()));
  }

  /**
   * The gradient of a slice: {@code dy} in its range, zeros around it.
   *
   * <p>Input: {@code dy}. Output: {@code dx}.
   *
   * @param slice the operation differentiated
   * @param size the size of its input along the axis
   */
  public record Grad(Slice slice, int size) implements OpSpec {

    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Operands in = new Operands(this, inputs, "dy");
      Axes.checkInside(in, slice.axis);
      in.shapeIs(0, in.shape(0).with(slice.axis, slice.end - slice.start));
      in.require(slice.end <= size, "the range must lie inside [0, %d)".formatted(size));
      return List.of(TensorType.of(in.get(0).dtype(), in.shape(0).with(slice.axis, size)));
    }

    /** Takes the range again. */
    @Override
    public void gradient(Adjoint adjoint) {
      adjoint.give(0, () -> adjoint.apply(slice, adjoint.upstream()));
    }
  }
}
