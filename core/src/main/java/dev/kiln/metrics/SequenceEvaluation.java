package dev.kiln.metrics;

import java.util.Set;

/**
 * The evaluation of predicted token sequences against true ones.
 *
 * @param rows number of sequences
 * @param wrongSequences number of sequences with at least one edit
 * @param trueTokens number of tokens of all true sequences
 * @param edits insertions, deletions and substitutions over all sequences
 */
public record SequenceEvaluation(long rows, long wrongSequences, long trueTokens, long edits)
    implements Evaluation {
  private static final MetricTable<SequenceEvaluation> TABLE =
      new MetricTable<SequenceEvaluation>("a sequence evaluation")
          .with(Metric.TOKEN_ERROR_RATE, SequenceEvaluation::tokenErrorRate)
          .with(Metric.SEQUENCE_ERROR_RATE, SequenceEvaluation::sequenceErrorRate)
          .with(Metric.EDIT_DISTANCE, SequenceEvaluation::meanEditDistance);

  /**
   * Returns edits per true token, over all sequences together; above 1 when more is inserted than
   * is there. NaN if there are edits but no true token, 0 if there is neither.
   */
  public double tokenErrorRate() {
    if (trueTokens == 0) {
      return edits == 0 ? 0 : Double.NaN;
    }
    return (double) edits / trueTokens;
  }

  /** Returns the share of sequences that are not entirely right. */
  public double sequenceErrorRate() {
    return (double) wrongSequences / rows;
  }

  /** Returns the mean edit distance of a sequence. */
  public double meanEditDistance() {
    return (double) edits / rows;
  }

  @Override
  public Set<Metric> metrics() {
    return TABLE.metrics();
  }

  @Override
  public double value(Metric metric) {
    return TABLE.function(metric).applyAsDouble(this);
  }
}
