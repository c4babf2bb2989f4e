package dev.kiln.backend;

/** Memory allocated on a backend, owned by whoever asked for it and freed by {@link #close}. */
public interface Memory extends AutoCloseable {

  /** Returns the whole range. Its content is zero after allocation. */
  Buffer buffer();

  /** Frees the memory; its buffers must not be used any more. */
  @Override
  void close();
}
