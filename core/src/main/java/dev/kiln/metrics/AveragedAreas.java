package dev.kiln.metrics;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** Averages an area under a curve over classes or labels. */
final class AveragedAreas {
  private AveragedAreas() {}

  /** Returns the average area; NaN if it is undefined for any class that counts. */
  static double of(
      List<ScoredLabels> classes, Average average, ToDoubleFunction<BinaryEvaluation> area) {
    return switch (average) {
      case MACRO -> macro(classes, area);
      case MICRO -> area.applyAsDouble(pooled(classes));
      case WEIGHTED -> weighted(classes, area);
    };
  }

  private static double macro(List<ScoredLabels> classes, ToDoubleFunction<BinaryEvaluation> area) {
    double sum = 0;
    for (ScoredLabels scores : classes) {
      sum += area.applyAsDouble(scores.evaluate());
    }
    return sum / classes.size();
  }

  private static double weighted(
      List<ScoredLabels> classes, ToDoubleFunction<BinaryEvaluation> area) {
    double sum = 0;
    long support = 0;
    for (ScoredLabels scores : classes) {
      BinaryEvaluation evaluation = scores.evaluate();
      int positives = evaluation.scores().positives();
      sum += positives * area.applyAsDouble(evaluation);
      support += positives;
    }
    return sum / support;
  }

  private static BinaryEvaluation pooled(List<ScoredLabels> classes) {
    ScoredLabels pool = new ScoredLabels();
    classes.forEach(pool::addAll);
    return pool.evaluate();
  }
}
