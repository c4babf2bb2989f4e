package dev.kiln.cli;

import dev.kiln.models.Numbers;
import dev.kiln.train.EpochReport;
import java.util.Locale;
import java.util.Map;

/** An epoch in one line. */
final class EpochLine {

  /** More metrics than these, the loss among them, would have their names written twice. */
  private static final int MOST_SIDE_BY_SIDE = 2;

  private EpochLine() {}

  /** Returns the line of an epoch. */
  static String of(EpochReport report, int epochs) {
    String number = String.format("%" + String.valueOf(epochs).length() + "d", report.epoch() + 1);
    StringBuilder line = new StringBuilder("epoch %s/%d  ".formatted(number, epochs));
    if (report.validation().isEmpty()) {
      line.append("train ").append(part(report.training()));
    } else if (report.training().size() > MOST_SIDE_BY_SIDE) {
      line.append("train / validation").append(pairs(report));
    } else {
      line.append("train ").append(part(report.training()));
      line.append("  validation ").append(part(report.validation()));
    }
    line.append(
        String.format(
            Locale.ROOT,
            "  %,.0f samples/s, data wait %s",
            report.samplesPerSecond(),
            Numbers.percent(report.dataWaitShare())));
    report
        .scaledGradients()
        .filter(scaled -> scaled.skippedUpdates() > 0)
        .ifPresent(scaled -> line.append(", %,d skipped".formatted(scaled.skippedUpdates())));
    return line.append(report.best() ? "  * best" : "").toString();
  }

  /** Every metric once, with its value on the training and on the validation data. */
  private static String pairs(EpochReport report) {
    StringBuilder pairs = new StringBuilder();
    report
        .training()
        .forEach((metric, value) -> {
          double held = report.validation().getOrDefault(metric, Double.NaN);
          pairs.append(
              "  %s %s / %s".formatted(metric, Numbers.metric(value), Numbers.metric(held)));
        });
    return pairs.toString();
  }

  private static String part(Map<String, Double> values) {
    return TrainingScreen.metrics(values).replace(",", "");
  }
}
