package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import java.util.ArrayList;
import java.util.List;

/**
 * The product of one turn's rows with weights that are packed once for all turns. Where sequences
 * have lengths of their own, it is compiled for the whole batch, a half and a quarter of it, and
 * each turn takes the smallest that holds the sequences still running.
 */
final class TurnProduct {

  private static final int SMALLEST_SHARE = 4;

  /** Compiles the product of some rows. */
  interface Compiler {

    /**
     * Compiles a product.
     *
     * @param rows how many
     * @param form how the packed weights lie, {@link MemoryDesc#NONE} for as the product likes
     */
    PackedProduct compile(int rows, MemoryDesc form);
  }

  private record Extent(int rows, PackedProduct product) {}

  private final SequenceOrder order;
  private final List<Extent> extents = new ArrayList<>(); // the fewest rows first

  TurnProduct(SequenceOrder order, boolean ragged, Compiler compiler) {
    this.order = order;
    PackedProduct whole = compiler.compile(order.batch(), MemoryDesc.NONE);
    for (int share = ragged ? SMALLEST_SHARE : 1; share > 1; share /= 2) {
      int rows = order.batch() / share;
      if (rows > 0) {
        extents.add(new Extent(rows, compiler.compile(rows, whole.packed())));
      }
    }
    extents.add(new Extent(order.batch(), whole));
  }

  private PackedProduct whole() {
    return extents.getLast().product;
  }

  /** Returns the bytes of the packed weights. */
  long packedBytes() {
    return whole().packedBytes();
  }

  /** Returns the scratch memory that any of them needs. */
  long scratchBytes() {
    return extents.stream().mapToLong(extent -> extent.product.scratchBytes()).max().orElse(0);
  }

  /** Returns what packs the weights. */
  Kernel pack(Buffer weights, Buffer packed, Buffer scratch) {
    return whole().pack(weights, packed, scratch);
  }

  /** Returns what multiplies in a turn; nothing is done where no sequence runs any more. */
  Kernel multiply(
      int turn, Buffer left, Buffer packed, Buffer bias, Buffer result, Buffer scratch) {
    int[] rows = extents.stream().mapToInt(Extent::rows).toArray();
    Kernel[] kernels =
        extents.stream()
            .map(extent -> extent.product.multiply(left, packed, bias, result, scratch))
            .toArray(Kernel[]::new);
    return () -> {
      int active = order.active(turn);
      if (active == 0) {
        return;
      }
      int i = 0;
      while (rows[i] < active) {
        i++;
      }
      kernels[i].run();
    };
  }

  /** Returns what multiplies, for plans. */
  String describe() {
    return whole().describe();
  }
}
