package dev.kiln.op;

import dev.kiln.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Undoes broadcasting in gradients. */
final class Broadcasts {

  private Broadcasts() {}

  /** Sums over the axes that broadcasting added and over those that were 1 before it. */
  static Value sumTo(Adjoint adjoint, Value value, Shape target) {
    if (value.shape().equals(target)) {
      return value;
    }
    int added = value.shape().rank() - target.rank();
    List<Integer> axes = new ArrayList<>();
    for (int axis = 0; axis < value.shape().rank(); axis++) {
      if (axis < added || (target.dim(axis - added) == 1 && value.shape().dim(axis) != 1)) {
        axes.add(axis);
      }
    }
    Value sum = adjoint.apply(new Reduce(Reduce.Kind.SUM, axes, true), value);
    return sum.shape().equals(target) ? sum : adjoint.apply(new Reshape(target), sum);
  }
}
