package dev.kiln.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A metric by name, with the direction in which it improves.
 *
 * <p>So that training can show, select by, or stop early on any of them. Which of them an
 * evaluation has is said by {@link Evaluation#metrics()}; definitions, formulas and undefined cases
 * are in docs/metrics.md.
 */
public enum Metric {
  /** Share of rows whose predicted class is the true one. */
  ACCURACY(Direction.HIGHER_IS_BETTER),
  /** Mean recall over the classes that have true rows. */
  BALANCED_ACCURACY(Direction.HIGHER_IS_BETTER, "balanced_accuracy_present_classes"),
  /** Share of rows whose true class is among the three most probable. */
  TOP_3_ACCURACY(Direction.HIGHER_IS_BETTER),
  /** Share of rows whose true class is among the five most probable. */
  TOP_5_ACCURACY(Direction.HIGHER_IS_BETTER),
  /** TP / all rows. */
  DETECTION_RATE(Direction.HIGHER_IS_BETTER),
  /** (TP + FP) / all rows. */
  DETECTION_PREVALENCE(Direction.DESCRIPTIVE),
  /** TP / (TP + FP). */
  PRECISION(Direction.HIGHER_IS_BETTER, "positive_predictive_value", "ppv"),
  /** TP / (TP + FN). */
  RECALL(Direction.HIGHER_IS_BETTER, "sensitivity", "true_positive_rate", "tpr"),
  /** TN / (TN + FP). */
  SPECIFICITY(Direction.HIGHER_IS_BETTER, "true_negative_rate", "tnr"),
  /** FP / (FP + TN). */
  FALSE_POSITIVE_RATE(Direction.LOWER_IS_BETTER, "fpr"),
  /** TN / (TN + FN). */
  NEGATIVE_PREDICTIVE_VALUE(Direction.HIGHER_IS_BETTER, "npv"),
  /** Harmonic mean of precision and recall. */
  F1(Direction.HIGHER_IS_BETTER),
  /** F-beta with beta 0.5, which favours precision. */
  F0_5(Direction.HIGHER_IS_BETTER, "f0.5"),
  /** F-beta with beta 2, which favours recall. */
  F2(Direction.HIGHER_IS_BETTER),
  /** Matthews correlation coefficient. */
  MATTHEWS(Direction.HIGHER_IS_BETTER, "mcc", "matthews_corrcoef"),
  /** Cohen's kappa. */
  KAPPA(Direction.HIGHER_IS_BETTER, "cohen_kappa"),
  /** Mean negative natural logarithm of the probability given to the true class. */
  LOG_LOSS(Direction.LOWER_IS_BETTER),
  /** Mean squared distance between the probabilities and the truth. */
  BRIER(Direction.LOWER_IS_BETTER),
  /** Area under the ROC curve. */
  ROC_AUC(Direction.HIGHER_IS_BETTER),
  /** Step sum of precision over recall. */
  AVERAGE_PRECISION(Direction.HIGHER_IS_BETTER),
  /** Trapezoid area under the precision-recall curve. */
  PR_AUC_TRAPEZOID(Direction.HIGHER_IS_BETTER),
  /** Expected calibration error over fifteen equally wide bins. */
  EXPECTED_CALIBRATION_ERROR(Direction.LOWER_IS_BETTER, "ece"),
  /** Mean precision over classes. */
  PRECISION_MACRO(Direction.HIGHER_IS_BETTER),
  /** Mean recall over classes. */
  RECALL_MACRO(Direction.HIGHER_IS_BETTER),
  /** Mean specificity over classes. */
  SPECIFICITY_MACRO(Direction.HIGHER_IS_BETTER),
  /** Mean F1 over classes. */
  F1_MACRO(Direction.HIGHER_IS_BETTER),
  /** Precision of the pooled counts. */
  PRECISION_MICRO(Direction.HIGHER_IS_BETTER),
  /** Recall of the pooled counts. */
  RECALL_MICRO(Direction.HIGHER_IS_BETTER),
  /** Specificity of the pooled counts. */
  SPECIFICITY_MICRO(Direction.HIGHER_IS_BETTER),
  /** F1 of the pooled counts. */
  F1_MICRO(Direction.HIGHER_IS_BETTER),
  /** Mean precision over classes, weighted by support. */
  PRECISION_WEIGHTED(Direction.HIGHER_IS_BETTER),
  /** Mean recall over classes, weighted by support. */
  RECALL_WEIGHTED(Direction.HIGHER_IS_BETTER),
  /** Mean specificity over classes, weighted by support. */
  SPECIFICITY_WEIGHTED(Direction.HIGHER_IS_BETTER),
  /** Mean F1 over classes, weighted by support. */
  F1_WEIGHTED(Direction.HIGHER_IS_BETTER),
  /** Mean one-against-the-rest ROC area over classes. */
  ROC_AUC_MACRO(Direction.HIGHER_IS_BETTER, "roc_auc_ovr_macro"),
  /** ROC area of all class scores put together. */
  ROC_AUC_MICRO(Direction.HIGHER_IS_BETTER, "roc_auc_ovr_micro"),
  /** Mean one-against-the-rest ROC area, weighted by support. */
  ROC_AUC_WEIGHTED(Direction.HIGHER_IS_BETTER, "roc_auc_ovr_weighted"),
  /** Mean one-against-the-rest average precision over classes. */
  AVERAGE_PRECISION_MACRO(Direction.HIGHER_IS_BETTER),
  /** Share of rows whose labels are all right. */
  SUBSET_ACCURACY(Direction.HIGHER_IS_BETTER, "exact_match"),
  /** Share of single labels that are wrong. */
  HAMMING_LOSS(Direction.LOWER_IS_BETTER),
  /** Mean squared error. */
  MSE(Direction.LOWER_IS_BETTER),
  /** Square root of the mean squared error. */
  RMSE(Direction.LOWER_IS_BETTER),
  /** Mean absolute error. */
  MAE(Direction.LOWER_IS_BETTER),
  /** Mean absolute error relative to the target, as a fraction. */
  MAPE(Direction.LOWER_IS_BETTER),
  /** Coefficient of determination. */
  R2(Direction.HIGHER_IS_BETTER),
  /** Mean negative log likelihood of a token, in nats. */
  NEGATIVE_LOG_LIKELIHOOD(Direction.LOWER_IS_BETTER, "nll"),
  /** Exponential of the mean negative log likelihood of a token. */
  PERPLEXITY(Direction.LOWER_IS_BETTER),
  /** Negative log likelihood in bits, per character. */
  BITS_PER_CHARACTER(Direction.LOWER_IS_BETTER, "bpc"),
  /** Mean Levenshtein distance between predicted and true sequence. */
  EDIT_DISTANCE(Direction.LOWER_IS_BETTER),
  /** Edits per true token. */
  TOKEN_ERROR_RATE(Direction.LOWER_IS_BETTER),
  /** Share of sequences with at least one edit. */
  SEQUENCE_ERROR_RATE(Direction.LOWER_IS_BETTER);

  private final Direction direction;
  private final List<String> aliases;

  Metric(Direction direction, String... aliases) {
    this.direction = direction;
    this.aliases = List.of(aliases);
  }

  /**
   * Returns the metric of that name or alias, such as {@code f1_macro} or {@code mcc}; case and the
   * choice between hyphen and underscore do not matter.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Metric named(String name) {
    String wanted = name.toLowerCase(Locale.ROOT).replace('-', '_');
    return Arrays.stream(values())
        .filter(metric -> metric.id().equals(wanted) || metric.aliases.contains(wanted))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "metrics: no metric is named '"
                    + name
                    + "'; choose one of "
                    + Arrays.toString(values())));
  }

  /** Returns the name by which {@link #named} finds it, such as {@code f1_macro}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the direction in which it improves. */
  public Direction direction() {
    return direction;
  }

  /**
   * Returns whether a value beats the best so far; an undefined one (NaN) beats nothing, and any
   * defined one beats an undefined one.
   *
   * @throws IllegalArgumentException if neither direction is better for this metric
   */
  public boolean isBetter(double value, double best) {
    boolean better =
        switch (direction) {
          case HIGHER_IS_BETTER -> value > best;
          case LOWER_IS_BETTER -> value < best;
          case DESCRIPTIVE ->
              throw new IllegalArgumentException(
                  "metrics: '" + id() + "' has no better direction; follow another metric");
        };
    return better || (Double.isNaN(best) && !Double.isNaN(value));
  }

  @Override
  public String toString() {
    return id();
  }
}
