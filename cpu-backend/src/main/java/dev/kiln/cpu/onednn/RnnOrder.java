package dev.kiln.cpu.onednn;

/**
 * In which orders what a layer computes for the sequences of one thread lies in memory.
 *
 * @param scope what owns the descriptions
 * @param shape the stack
 * @param share the thread's sequences, n of them
 */
record RnnOrder(NativeScope scope, RecurrentShape shape, BatchShare share) {

  private long[] dims(int width) {
    return new long[] {shape.steps(), share.sequences(), width};
  }

  /** Describes [T, n, width]. */
  MemoryDesc turns(int width) {
    return MemoryDesc.rowMajor(scope, dims(width));
  }

  /** Describes the same as the user has it, [n, T, width]. */
  MemoryDesc sequences(int width) {
    return MemoryDesc.strided(scope, dims(width), width, (long) shape.steps() * width, 1);
  }

  private long[] stateDims() {
    return new long[] {1, shape.directions(), share.sequences(), shape.hidden()};
  }

  /** Describes states of all directions, [directions, n, hidden]. */
  MemoryDesc states() {
    return MemoryDesc.rowMajor(scope, stateDims());
  }

  /** Describes the same among the states of all sequences. */
  MemoryDesc statesOfUser() {
    long direction = (long) shape.batch() * shape.hidden();
    return MemoryDesc.strided(
        scope, stateDims(), shape.directions() * direction, direction, shape.hidden(), 1);
  }
}
