package dev.kiln.backend;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Copies of buffers on the host that are made while the device goes on. Everything is allocated
 * when it is created; starting and waiting allocate nothing.
 */
public interface Readback extends AutoCloseable {

  /**
   * Returns where the copies lie, one for each buffer. They hold from the end of {@link #await} to
   * the next {@link #start}.
   */
  List<MemorySegment> values();

  /** Asks for the buffers as they are when everything started before has finished. */
  void start();

  /** Returns whether the copies that were asked for last are there, without waiting. */
  boolean isDone();

  /** Waits until the copies that were asked for last are there. */
  void await();

  /** Frees the copies. */
  @Override
  void close();
}
