package dev.kiln.train;

import dev.kiln.graph.GraphBuilder;
import dev.kiln.graph.Ops;
import dev.kiln.op.Unary;
import dev.kiln.op.Value;

/** How gradients are bounded before the update. */
public sealed interface Clip {

  /** Writes the bounded gradients, given all of them as one flat tensor. */
  Value apply(GraphBuilder graph, Value gradients);

  /** Leaves gradients as they are. */
  record None() implements Clip {
    @Override
    public Value apply(GraphBuilder graph, Value gradients) {
      return gradients;
    }
  }

  /**
   * Scales all gradients together so that their Euclidean norm is at most {@code most} (Pascanu et
   * al. 2013), as PyTorch does: {@code g * min(most / (norm + 1e-6), 1)}.
   *
   * @param most the largest norm
   */
  record ByNorm(double most) implements Clip {

    /** Checks the bound. */
    public ByNorm {
      checkPositive(most);
    }

    @Override
    public Value apply(GraphBuilder graph, Value gradients) {
      Ops ops = graph.ops();
      return ops.mul(gradients, coefficient(ops, norm(graph, gradients)));
    }

    /** Writes the Euclidean norm of a tensor. */
    public static Value norm(GraphBuilder graph, Value gradients) {
      Ops ops = graph.ops();
      return ops.unary(Unary.SQRT, ops.sum(ops.unary(Unary.SQUARE, gradients)));
    }

    private Value coefficient(Ops ops, Value norm) {
      Value inverse = ops.unary(Unary.RECIPROCAL, ops.affine(norm, 1, 1e-6));
      return ops.clamp(ops.affine(inverse, most, 0), 0, 1);
    }
  }

  /**
   * Bounds every gradient by itself to [-most, most].
   *
   * @param most the largest magnitude
   */
  record ByValue(double most) implements Clip {

    /** Checks the bound. */
    public ByValue {
      checkPositive(most);
    }

    @Override
    public Value apply(GraphBuilder graph, Value gradients) {
      return graph.ops().clamp(gradients, -most, most);
    }
  }

  private static void checkPositive(double most) {
    if (!(most > 0)) {
      throw new IllegalArgumentException("gradients are clipped to a positive bound, not " + most);
    }
  }
}
