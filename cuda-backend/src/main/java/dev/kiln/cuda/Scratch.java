package dev.kiln.cuda;

import dev.kiln.backend.Buffer;

/** Divides an operation's workspace into parts, each aligned to 256 bytes. */
final class Scratch {

  private static final long ALIGNMENT = 256;

  private long bytes;

  /**
   * A part of the workspace.
   *
   * @param offset its first byte
   * @param bytes its length
   */
  record Part(long offset, long bytes) {

    /** Returns this part of the workspace given. */
    DeviceBuffer in(Buffer workspace) {
      return DeviceBuffer.of(workspace).slice(offset, bytes);
    }
  }

  /** Adds a part. */
  Part add(long length) {
    Part part = new Part(bytes, length);
    bytes += Math.ceilDiv(length, ALIGNMENT) * ALIGNMENT;
    return part;
  }

  /** Returns the length of all parts. */
  long bytes() {
    return bytes;
  }
}
