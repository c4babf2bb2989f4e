package dev.kiln.metrics;

/** The log loss and Brier term of one row, as scikit-learn computes them. */
final class ProbabilityScores {
  /** Probabilities are clipped to [this, 1 - this] before the logarithm: the double's epsilon. */
  static final double LOG_LOSS_CLIP = Math.ulp(1.0);

  private ProbabilityScores() {}

  /** Returns minus the natural logarithm of the clipped probability of the true class. */
  static double logLoss(double probability) {
    return -Math.log(Math.clamp(probability, LOG_LOSS_CLIP, 1 - LOG_LOSS_CLIP));
  }

  /** Returns the mean log loss of binary scores. */
  static double logLoss(ThresholdCounts counts) {
    ExactSum sum = new ExactSum();
    for (int i = 0; i < counts.size(); i++) {
      double score = counts.threshold(i);
      sum.add(counts.positivesAt(i) * logLoss(score));
      sum.add(counts.negativesAt(i) * logLoss(1 - score));
    }
    return sum.value() / counts.rows();
  }

  /** Returns the mean squared distance of binary scores from their labels. */
  static double brier(ThresholdCounts counts) {
    ExactSum sum = new ExactSum();
    for (int i = 0; i < counts.size(); i++) {
      double score = counts.threshold(i);
      sum.add(counts.positivesAt(i) * ((1 - score) * (1 - score)));
      sum.add(counts.negativesAt(i) * (score * score));
    }
    return sum.value() / counts.rows();
  }
}
