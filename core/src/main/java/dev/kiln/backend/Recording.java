package dev.kiln.backend;

/** A fixed sequence of kernels that is run many times, together with what was prepared for that. */
@FunctionalInterface
public interface Recording extends Kernel, AutoCloseable {

  /** Frees what was prepared; the sequence must not be run any more. */
  @Override
  default void close() {}
}
