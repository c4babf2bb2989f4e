package dev.kiln.cli;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;

/** Numbers as people read them. */
final class Numbers {

  private Numbers() {}

  /** Returns a number with no more digits than it needs, such as {@code 0.001}. */
  static String shortest(double value) {
    return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }

  /** Returns a metric with four digits after the point. */
  static String metric(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }

  /** Returns a share of one as a percentage, such as {@code 3%}. */
  static String percent(double share) {
    return Math.round(100 * share) + "%";
  }

  /** Returns a time such as {@code 42 s}, {@code 3 min 5 s} or {@code 2 h 10 min}. */
  static String time(Duration time) {
    if (time.toHours() > 0) {
      return "%d h %d min".formatted(time.toHours(), time.toMinutesPart());
    }
    return time.toMinutes() > 0
        ? "%d min %d s".formatted(time.toMinutes(), time.toSecondsPart())
        : "%d s".formatted(time.toSeconds());
  }
}
