package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import java.util.List;

/**
 * A range of the GPU's memory.
 *
 * @param pointer its first byte, in memory that belongs to a {@link DeviceMemory}
 * @param bytes its length
 */
record DeviceBuffer(DevicePointer pointer, long bytes) implements Buffer {

  /**
   * Returns the GPU memory behind a buffer.
   *
   * @throws IllegalArgumentException if it belongs to another device
   */
  static DeviceBuffer of(Buffer buffer) {
    if (buffer instanceof DeviceBuffer device) {
      return device;
    }
    throw new IllegalArgumentException(
        "this backend computes in GPU memory, but the buffer is a " + buffer.getClass().getName());
  }

  /** Returns where one of several buffers begins. */
  static DevicePointer pointer(List<Buffer> buffers, int index) {
    return of(buffers.get(index)).pointer;
  }

  /** Returns a pointer to one of its bytes; a step makes no new object for the first. */
  DevicePointer pointerTo(long offset) {
    return offset == 0 ? pointer : new DevicePointer(pointer, offset);
  }

  @Override
  public DeviceBuffer slice(long offset, long length) {
    if (offset < 0 || length < 0 || offset + length > bytes) {
      throw new IndexOutOfBoundsException(
          "the range of %d bytes from %d on lies outside the buffer's %d"
              .formatted(length, offset, bytes));
    }
    return new DeviceBuffer(new DevicePointer(pointer, offset), length);
  }

  /**
   * Checks that host memory to be copied has this buffer's length.
   *
   * @throws IllegalArgumentException if it has another one
   */
  void checkLength(long hostBytes) {
    if (hostBytes != bytes) {
      throw new IllegalArgumentException(
          "the buffer has %d bytes, but the memory to copy has %d".formatted(bytes, hostBytes));
    }
  }
}
