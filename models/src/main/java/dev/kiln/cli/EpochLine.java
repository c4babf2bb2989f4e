package dev.kiln.cli;

import dev.kiln.models.Numbers;
import dev.kiln.train.EpochReport;
import java.util.Locale;
import java.util.Map;

/** An epoch in one line. */
final class EpochLine {

  private EpochLine() {}

  /** Returns the line of an epoch. */
  static String of(EpochReport report, int epochs) {
    String number = String.format("%" + String.valueOf(epochs).length() + "d", report.epoch() + 1);
    StringBuilder line =
        new StringBuilder(
            "epoch %s/%d  train %s".formatted(number, epochs, part(report.training())));
    if (!report.validation().isEmpty()) {
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

  private static String part(Map<String, Double> values) {
    return TrainingScreen.metrics(values).replace(",", "");
  }
}
