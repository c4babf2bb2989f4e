package dev.kiln.bench.driver;

/** A network on a framework, ready to be trained on one batch that is in memory. */
public interface Training extends AutoCloseable {

  /** Returns the number of learned numbers. */
  long parameters();

  /** Makes one step: forward, loss, backward, update. May return before it is finished. */
  void step();

  /** Returns the loss of the last step, before its update, once the step is finished. */
  double loss();

  /** Returns the memory taken of a GPU so far, in bytes; 0 where it trains on the processor. */
  default long deviceBytes() {
    return 0;
  }

  /** Returns the memory that was foretold for the training, in bytes; 0 where none was. */
  default long plannedBytes() {
    return 0;
  }

  /** Frees what the framework does not free by itself. */
  @Override
  default void close() {}
}
