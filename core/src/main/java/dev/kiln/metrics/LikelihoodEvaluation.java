package dev.kiln.metrics;

import java.util.Set;

/**
 * The evaluation of a language model by the likelihood of the true tokens.
 *
 * @param totalNegativeLogLikelihood sum over tokens, in nats
 * @param rows number of tokens
 * @param characters number of characters that the tokens spell
 */
public record LikelihoodEvaluation(double totalNegativeLogLikelihood, long rows, long characters)
    implements Evaluation {
  private static final MetricTable<LikelihoodEvaluation> TABLE =
      new MetricTable<LikelihoodEvaluation>("a likelihood evaluation")
          .with(Metric.NEGATIVE_LOG_LIKELIHOOD, LikelihoodEvaluation::negativeLogLikelihood)
          .with(Metric.PERPLEXITY, LikelihoodEvaluation::perplexity)
          .with(Metric.BITS_PER_CHARACTER, LikelihoodEvaluation::bitsPerCharacter);

  /** Returns the mean over tokens, in nats. */
  public double negativeLogLikelihood() {
    return totalNegativeLogLikelihood / rows;
  }

  /** Returns the exponential of the mean over tokens; infinite where that exceeds a double. */
  public double perplexity() {
    return Math.exp(negativeLogLikelihood());
  }

  /** Returns the bits per character, NaN if there is no character. */
  public double bitsPerCharacter() {
    return characters == 0 ? Double.NaN : totalNegativeLogLikelihood / Math.log(2) / characters;
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
