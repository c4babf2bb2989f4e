package dev.kiln.op;

import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.Arrays;
import java.util.List;

/**
 * Joins tensors along one axis.
 *
 * <p>Inputs: one or more tensors that differ at most in the size of the axis. Output: {@code y}.
 *
 * @param axis the axis along which they are joined, in [0, rank)
 */
public record Concat(int axis) implements OpSpec {

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    if (inputs.isEmpty()) {
      throw new ShapeException("concat: there must be at least one tensor to join");
    }
    String[] names = new String[inputs.size()];
    Arrays.setAll(names, i -> "x" + i);
    Operands in = new Operands(this, inputs, names);
    Axes.checkInside(in, axis);
    int size = 0;
    for (int i = 0; i < names.length; i++) {
      in.dtypeOfFirst(i).rank(i, in.shape(0).rank());
      in.shapeIs(i, in.shape(0).with(axis, in.shape(i).dim(axis)));
      size += in.shape(i).dim(axis);
    }
    return List.of(TensorType.of(in.get(0).dtype(), in.shape(0).with(axis, size)));
  }

  @Override
  public void gradient(Adjoint adjoint) {
    int start = 0;
    for (int i = 0; i < adjoint.inputs(); i++) {
      Shape shape = adjoint.input(i).shape();
      Slice slice = new Slice(axis, start, start + shape.dim(axis));
      adjoint.give(i, () -> adjoint.apply(slice, adjoint.upstream()));
      start = slice.end();
    }
  }
}
