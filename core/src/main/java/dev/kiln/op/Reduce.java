package dev.kiln.op;

import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.List;

/**
 * Sums or averages over some axes.
 *
 * <p>Input: {@code x} of any shape. Output: {@code y} with the axes kept as 1 or removed.
 *
 * @param kind what is computed over the axes
 * @param axes the axes reduced, each in [0, rank), none twice; empty copies
 * @param keepDims whether the reduced axes stay, with size 1
 */
public record Reduce(Kind kind, List<Integer> axes, boolean keepDims) implements OpSpec {

  /** What is computed over the axes. */
  public enum Kind {
    /** The sum. */
    SUM,
    /** The arithmetic mean. */
    MEAN
  }

  /** Copies the axes. */
  public Reduce {
    axes = List.copyOf(axes);
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Operands in = new Operands(this, inputs, "x").floating(0);
    Axes.checkDistinct(in, axes);
    return List.of(TensorType.of(in.get(0).dtype(), in.shape(0).reduced(axes, keepDims)));
  }

  @Override
  public void gradient(Adjoint adjoint) {
    adjoint.give(
        0,
        () -> {
          Shape input = adjoint.input(0).shape();
          Shape kept = input.reduced(axes, true);
          Value upstream = adjoint.upstream();
          if (kind == Kind.MEAN) {
            double count = (double) input.elements() / kept.elements();
            upstream = adjoint.apply(Affine.scale(1 / count), upstream);
          }
          if (!upstream.shape().equals(kept)) {
            upstream = adjoint.apply(new Reshape(kept), upstream);
          }
          return adjoint.apply(new Broadcast(input), upstream);
        });
  }
}
