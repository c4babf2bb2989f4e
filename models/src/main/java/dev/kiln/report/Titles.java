package dev.kiln.report;

import dev.kiln.metrics.Metric;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The names of metrics as people write them. */
final class Titles {

  private static final Map<String, String> WORDS =
      Map.ofEntries(
          Map.entry("roc", "ROC"),
          Map.entry("auc", "AUC"),
          Map.entry("pr", "PR"),
          Map.entry("f1", "F1"),
          Map.entry("f2", "F2"),
          Map.entry("mse", "MSE"),
          Map.entry("rmse", "RMSE"),
          Map.entry("mae", "MAE"),
          Map.entry("mape", "MAPE"),
          Map.entry("r2", "R²"),
          Map.entry("brier", "Brier score"),
          Map.entry("matthews", "Matthews correlation"),
          Map.entry("kappa", "Cohen's kappa"));

  private Titles() {}

  /** Returns the title of a metric, such as {@code ROC AUC macro}. */
  static String of(Metric metric) {
    if (metric == Metric.F0_5) {
      return "F0.5";
    }
    return of(metric.id());
  }

  /** Returns the name of a metric of a training's history, such as {@code ROC AUC macro}. */
  static String inSentence(String id) {
    return Arrays.stream(id.split("_"))
        .map(word -> WORDS.getOrDefault(word, word))
        .collect(Collectors.joining(" "));
  }

  /** Returns the title of a metric of a training's history, such as {@code Loss}. */
  static String of(String id) {
    String title = inSentence(id);
    return title.substring(0, 1).toUpperCase(Locale.ROOT) + title.substring(1);
  }
}
