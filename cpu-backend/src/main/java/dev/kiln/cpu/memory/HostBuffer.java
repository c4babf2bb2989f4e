package dev.kiln.cpu.memory;

import dev.kiln.backend.Buffer;
import java.lang.foreign.MemorySegment;

/**
 * A range of host memory.
 *
 * @param segment the memory, which belongs to a {@link HostMemory}
 */
public record HostBuffer(MemorySegment segment) implements Buffer {

  /**
   * Returns the host memory behind a buffer.
   *
   * @throws IllegalArgumentException if it belongs to another device
   */
  public static HostBuffer of(Buffer buffer) {
    if (buffer instanceof HostBuffer host) {
      return host;
    }
    throw new IllegalArgumentException(
        "this backend reads host memory, but the buffer is a " + buffer.getClass().getName());
  }

  @Override
  public long bytes() {
    return segment.byteSize();
  }

  @Override
  public HostBuffer slice(long offset, long bytes) {
    return new HostBuffer(segment.asSlice(offset, bytes));
  }

  /**
   * Copies a segment of the same length into this range.
   *
   * @throws IllegalArgumentException if the lengths differ
   */
  public void write(MemorySegment source) {
    checkLength(source);
    segment.copyFrom(source);
  }

  /**
   * Copies this range into a segment of the same length.
   *
   * @throws IllegalArgumentException if the lengths differ
   */
  public void read(MemorySegment destination) {
    checkLength(destination);
    destination.copyFrom(segment);
  }

  private void checkLength(MemorySegment other) {
    if (other.byteSize() != bytes()) {
      throw new IllegalArgumentException(
          "the buffer has %d bytes, but the memory to copy has %d"
              .formatted(bytes(), other.byteSize()));
    }
  }
}
