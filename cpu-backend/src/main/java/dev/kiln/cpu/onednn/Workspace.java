package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/** Divides an operation's workspace into parts, one behind the other. */
final class Workspace {

  private long bytes;

  /**
   * A part.
   *
   * @param offset its first byte
   * @param bytes its length
   */
  record Part(long offset, long bytes) {

    /** Returns this part of a workspace. */
    Buffer in(Buffer workspace) {
      return workspace.slice(offset, bytes);
    }
  }

  /** Adds a part of so many bytes. */
  Part add(long length) {
    Part part = new Part(bytes, length);
    bytes += (length + Tensor.ALIGNMENT - 1) / Tensor.ALIGNMENT * Tensor.ALIGNMENT;
    return part;
  }

  /** Adds a part of so many numbers. */
  Part addFloats(long count) {
    return add(count * Float.BYTES);
  }

  /** Adds a part of so many bytes for each thread. */
  List<Part> addForThreads(long length) {
    return IntStream.range(0, OpenMpTeam.size()).mapToObj(_ -> add(length)).toList();
  }

  /** Returns the bytes of all parts together. */
  long bytes() {
    return bytes;
  }
}
