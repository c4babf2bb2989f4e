package dev.kiln.cpu.onednn;

/**
 * A range of elements divided into one contiguous share for each thread.
 *
 * @param elements how many there are
 * @param parts into how many shares they are divided
 * @param grain every share but the last is a multiple of this, such as a cache line
 */
record ParallelRange(int elements, int parts, int grain) {

  /** Elements of one cache line. */
  private static final int LINE = 16;

  /** Divides elements of four bytes among all threads along cache lines. */
  static ParallelRange ofElements(int elements) {
    return new ParallelRange(elements, OpenMpTeam.size(), LINE);
  }

  /** Divides rows among all threads. */
  static ParallelRange ofRows(int rows) {
    return new ParallelRange(rows, OpenMpTeam.size(), 1);
  }

  /** Returns the first element of a share. */
  int start(int part) {
    long grains = (elements + (long) grain - 1) / grain;
    return (int) Math.min(elements, grains * part / parts * grain);
  }

  /** Returns the first element after a share. */
  int end(int part) {
    return start(part + 1);
  }
}
