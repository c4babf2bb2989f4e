package dev.kiln.backend;

/** A range of a backend's memory. Only the backend that allocated it knows what is behind it. */
public interface Buffer {

  /** Returns the length in bytes. */
  long bytes();

  /**
   * Returns a part of this range; it shares the memory.
   *
   * @param offset the first byte
   * @param bytes the length
   */
  Buffer slice(long offset, long bytes);
}
