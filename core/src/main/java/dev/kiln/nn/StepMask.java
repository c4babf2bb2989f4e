package dev.kiln.nn;

import dev.kiln.graph.Ops;
import dev.kiln.op.Cast;
import dev.kiln.op.Unary;
import dev.kiln.op.Value;
import dev.kiln.tensor.Shape;

/** Which steps of padded sequences are their own. */
public final class StepMask {

  private StepMask() {}

  /**
   * Returns 1 at the steps of each sequence and 0 after its end, [N, T], in the network's element
   * type.
   *
   * @param lengths the steps of every sequence, I64[N]
   * @param steps T, the steps they are padded to
   */
  public static Value of(Scope scope, Value lengths, int steps) {
    Ops ops = scope.ops();
    int batch = lengths.shape().dim(0);
    Value ends = ops.reshape(scope.graph().apply(new Cast(scope.dtype()), lengths), batch, 1);
    // length - step >= 1 within a sequence: [N,1] - [1,T] -> [N,T]
    Value left = ops.sub(ends, positions(scope, steps));
    return ops.unary(Unary.STEP, ops.affine(left, 1, -1));
  }

  /** The numbers 0, 1, 2, ... as [1, count]: each round appends what there is, moved on. */
  private static Value positions(Scope scope, int count) {
    Ops ops = scope.ops();
    Value positions = ops.fill(scope.dtype(), Shape.of(1, 1), 0);
    for (int present = 1; present < count; present *= 2) {
      positions = ops.concat(1, positions, ops.affine(positions, 1, present));
    }
    return positions.shape().dim(1) == count ? positions : ops.slice(positions, 1, 0, count);
  }
}
