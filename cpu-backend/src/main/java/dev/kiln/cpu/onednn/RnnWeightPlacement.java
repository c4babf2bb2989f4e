package dev.kiln.cpu.onednn;

import dev.kiln.op.RecurrentWeights.Kind;

/**
 * How one of a layer's weights [directions, width, gates, hidden] lies where oneDNN's RNN primitive
 * takes it from. Rows are padded as the primitive would choose itself: to whole cache lines, but
 * not to a multiple of 1024 bytes, where the rows of a column would share few sets of a cache.
 *
 * @param order which dimension comes first
 * @param directions 1 or 2
 * @param width the features of the input, or the size of the state
 * @param gates of the cell
 * @param hidden the size of the state
 */
record RnnWeightPlacement(Order order, int directions, int width, int gates, int hidden) {

  /** In which order the dimensions lie. */
  enum Order {
    /** [directions, width, gates, hidden]: forward, and the gradients. */
    WIDTH_FIRST,
    /** [directions, gates, hidden, width], as the parameters have it: back. */
    GATES_FIRST
  }

  private static final int LINE = 64 / Float.BYTES;
  private static final int SETS = 1024 / Float.BYTES;

  /** Returns the placement of one of a layer's weights. */
  static RnnWeightPlacement of(Order order, RecurrentShape shape, int layer, Kind kind) {
    return new RnnWeightPlacement(
        order,
        shape.directions(),
        shape.weightWidth(layer, kind),
        shape.spec().cell().gates(),
        shape.hidden());
  }

  private long row() {
    int used = order == Order.WIDTH_FIRST ? gates * hidden : width;
    int lines = Math.ceilDiv(used, LINE) * LINE;
    return lines % SETS == 0 ? lines + LINE : lines;
  }

  private long rows() {
    return order == Order.WIDTH_FIRST ? width : (long) gates * hidden;
  }

  private long direction() {
    return rows() * row();
  }

  /** Returns the elements, padding included. */
  long floats() {
    return directions * direction();
  }

  /** Returns the first element of a gate. */
  long gateAt(int gate) {
    return order == Order.WIDTH_FIRST ? (long) gate * hidden : (long) gate * hidden * row();
  }

  /** Describes all of it: [1, directions, width, gates, hidden]. */
  MemoryDesc whole(NativeScope scope) {
    long[] dims = {1, directions, width, gates, hidden};
    return switch (order) {
      case WIDTH_FIRST -> MemoryDesc.strided(scope, dims, floats(), direction(), row(), hidden, 1);
      case GATES_FIRST ->
          MemoryDesc.strided(scope, dims, floats(), direction(), 1, hidden * row(), row());
    };
  }

  /** Describes one gate of it: [directions, width, hidden]. */
  MemoryDesc gate(NativeScope scope) {
    long[] dims = {directions, width, hidden};
    return switch (order) {
      case WIDTH_FIRST -> MemoryDesc.strided(scope, dims, direction(), row(), 1);
      case GATES_FIRST -> MemoryDesc.strided(scope, dims, direction(), 1, row());
    };
  }
}
