package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A product with the rows of all turns at once. Where the sequences of a batch have lengths of
 * their own, it is compiled for a quarter, a half, three quarters and all of the turns, and each
 * run takes the first that holds the longest sequence.
 */
final class TurnsProduct {

  private static final int EXTENTS = 4;

  /** The product for the first turns. */
  private record Extent(int turns, PrimitiveOp product) {}

  private final SequenceOrder order;
  private final List<Extent> extents = new ArrayList<>();

  /**
   * Compiles a product.
   *
   * @param ragged whether sequences have lengths of their own
   * @param ofTurns compiles it for a number of turns
   */
  TurnsProduct(SequenceOrder order, boolean ragged, IntFunction<PrimitiveOp> ofTurns) {
    this.order = order;
    int previous = 0;
    for (int extent = ragged ? 1 : EXTENTS; extent <= EXTENTS; extent++) {
      int turns = Math.ceilDiv(order.steps() * extent, EXTENTS);
      if (turns > previous) {
        extents.add(new Extent(turns, ofTurns.apply(turns)));
        previous = turns;
      }
    }
  }

  /** Returns the scratch memory that any of them needs. */
  long scratchBytes() {
    return extents.stream().mapToLong(extent -> extent.product.workspaceBytes()).max().orElse(0);
  }

  /** Returns what computes as many turns as the longest sequence has, or some more. */
  Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer scratch) {
    int[] turns = extents.stream().mapToInt(Extent::turns).toArray();
    Kernel[] kernels =
        extents.stream()
            .map(extent -> extent.product.bind(inputs, outputs, scratch))
            .toArray(Kernel[]::new);
    return () -> {
      int i = 0;
      while (turns[i] < order.longest()) {
        i++;
      }
      kernels[i].run();
    };
  }
}
