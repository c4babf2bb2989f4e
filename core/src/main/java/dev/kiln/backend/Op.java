package dev.kiln.backend;

import java.util.List;

/**
 * An operation compiled for one backend and fixed operand types: descriptors, algorithms, native
 * handles and workspace size are settled. It owns its native resources, those of its kernels
 * included, and frees them all in {@link #close}.
 */
public interface Op extends AutoCloseable {

  /**
   * Binds the operation to buffers once, so that running it costs no set-up.
   *
   * <p>An output may have the same buffer as the input that {@code OpSpec.overwrites} names.
   * Buffers are aligned to 64 bytes unless they belong to views.
   *
   * @param inputs one for each input, in order
   * @param outputs one for each output, in order
   * @param workspace at least {@link #workspaceBytes} of scratch memory; its content is undefined
   */
  Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace);

  /** Returns the scratch memory needed while it runs, in bytes. */
  default long workspaceBytes() {
    return 0;
  }

  /** Returns what runs, for plans: the class and, where there is a choice, the algorithm. */
  default String describe() {
    return getClass().getSimpleName();
  }

  /** Frees native resources; its kernels must not be run any more. */
  @Override
  default void close() {}
}
