package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import java.util.ArrayList;
import java.util.List;

/**
 * The product of one turn's rows with weights that are packed once for all turns, each thread's
 * rows by a product of its own. Where sequences have lengths of their own, it is compiled for all
 * rows of a thread, a half and a quarter of them, and each turn takes the smallest that holds the
 * sequences still running.
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

  /** A matrix of which each turn has as many rows as there are sequences. */
  record Rows(Buffer buffer, int width) {

    private Buffer from(int row, int rows) {
      long bytes = (long) width * Float.BYTES;
      return buffer.slice(row * bytes, rows * bytes);
    }
  }

  private record Extent(int rows, PackedProduct product) {}

  private final SequenceOrder order;
  private final List<List<Extent>> extents = new ArrayList<>(); // by thread, the fewest rows first

  TurnProduct(SequenceOrder order, boolean ragged, Compiler compiler) {
    this.order = order;
    MemoryDesc form = MemoryDesc.NONE;
    for (int thread = 0; thread < order.threads(); thread++) {
      List<Extent> ofThread = new ArrayList<>();
      extents.add(ofThread);
      int all = order.rows(thread);
      if (all == 0) {
        continue;
      }
      MemoryDesc wanted = form;
      PackedProduct whole = OpenMpTeam.alone(() -> compiler.compile(all, wanted));
      form = whole.packed();
      MemoryDesc packed = form;
      for (int share = ragged ? SMALLEST_SHARE : 1; share > 1; share /= 2) {
        int rows = all / share;
        if (rows > 0) {
          ofThread.add(new Extent(rows, OpenMpTeam.alone(() -> compiler.compile(rows, packed))));
        }
      }
      ofThread.add(new Extent(all, whole));
    }
  }

  private PackedProduct first() {
    return extents.getFirst().getLast().product;
  }

  /** Returns the bytes of the packed weights. */
  long packedBytes() {
    return first().packedBytes();
  }

  /** Returns the scratch memory that any of them needs on one thread. */
  long scratchBytes() {
    return extents.stream()
        .flatMap(List::stream)
        .mapToLong(extent -> extent.product.scratchBytes())
        .max()
        .orElse(0);
  }

  /** Returns what packs the weights. */
  Kernel pack(Buffer weights, Buffer packed, Buffer scratch) {
    return first().pack(weights, packed, scratch);
  }

  /**
   * Returns what multiplies in a turn.
   *
   * @param scratch for each thread
   */
  RowWork multiply(
      int turn, Rows left, Buffer packed, Buffer bias, Rows result, List<Buffer> scratch) {
    int[][] rows = new int[order.threads()][];
    Kernel[][] kernels = new Kernel[order.threads()][];
    for (int thread = 0; thread < order.threads(); thread++) {
      List<Extent> ofThread = extents.get(thread);
      rows[thread] = ofThread.stream().mapToInt(Extent::rows).toArray();
      kernels[thread] = new Kernel[ofThread.size()];
      for (int i = 0; i < ofThread.size(); i++) {
        Extent extent = ofThread.get(i);
        kernels[thread][i] =
            extent.product.multiply(
                left.from(order.first(thread), extent.rows),
                packed,
                bias,
                result.from(order.first(thread), extent.rows),
                scratch.get(thread),
                thread);
      }
    }
    return thread -> {
      int active = order.active(turn, thread);
      if (active == 0) {
        return;
      }
      int i = 0;
      while (rows[thread][i] < active) {
        i++;
      }
      kernels[thread][i].run();
    };
  }

  /** Returns what multiplies, for plans. */
  String describe() {
    return first().describe();
  }
}
