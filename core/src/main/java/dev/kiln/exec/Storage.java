package dev.kiln.exec;

import dev.kiln.op.Value;
import org.jspecify.annotations.Nullable;

/** A range of memory that one or more values share, and the steps during which it is in use. */
final class Storage {

  static final long ALIGNMENT = 64;

  /** The input or variable this is, or null for a range of the arena. */
  final @Nullable Value owner;

  final long bytes;
  int firstStep = Integer.MAX_VALUE;
  int lastStep = -1;
  long offset;

  Storage(@Nullable Value owner, long bytes) {
    this.owner = owner;
    this.bytes = bytes;
  }

  boolean isTransient() {
    return owner == null;
  }

  /** Notes that the memory is in use during a step. */
  void use(int step) {
    firstStep = Math.min(firstStep, step);
    lastStep = Math.max(lastStep, step);
  }

  boolean overlapsInTime(Storage other) {
    return firstStep <= other.lastStep && other.firstStep <= lastStep;
  }

  /** The length rounded up, so that the next range begins aligned. */
  long alignedBytes() {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
}
