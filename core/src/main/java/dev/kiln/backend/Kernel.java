package dev.kiln.backend;

/** An operation bound to its buffers: everything is settled, nothing is left but to run it. */
@FunctionalInterface
public interface Kernel {

  /** Computes the outputs from the inputs. Allocates nothing; may return before it is finished. */
  void run();
}
