package dev.kiln.metrics;

/**
 * Takes rows batch by batch and gives their {@link Evaluation}.
 *
 * <p>The values do not depend on how the rows were split into batches, on their order, or on how
 * they were spread over merged accumulators: they are identical to the last bit. A batch with a bad
 * row is refused whole, with an {@link InvalidRowException}. Not safe for use by several threads:
 * give each worker its own accumulator and merge them.
 *
 * @param <E> the evaluation it gives
 */
public sealed interface Accumulator<E extends Evaluation>
    permits BinaryAccumulator,
        MulticlassAccumulator,
        MultilabelAccumulator,
        RegressionAccumulator,
        LikelihoodAccumulator,
        SequenceAccumulator {
  /** Returns how many rows were added. */
  long rows();

  /** Forgets every row; evaluations already given stay as they are. */
  void reset();

  /**
   * Returns the evaluation of the rows so far; later rows do not change it.
   *
   * @throws IllegalStateException if there is no row
   */
  E evaluate();

  /** Throws if there is nothing to evaluate. */
  static void requireRows(long rows) {
    if (rows == 0) {
      throw new IllegalStateException("metrics: no row was added, so there is nothing to evaluate");
    }
  }
}
