package dev.kiln.models;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;

/** Numbers as people read them. */
public final class Numbers {

  /** From here on a power of ten is easier to read than digits. */
  private static final double LARGE = 1e7;

  private Numbers() {}

  /** Returns a number with no more digits than it needs, such as {@code 0.001} or {@code 1E+30}. */
  public static String shortest(double value) {
    BigDecimal digits = BigDecimal.valueOf(value).stripTrailingZeros();
    return Math.abs(value) < LARGE ? digits.toPlainString() : digits.toString();
  }

  /**
   * Returns a metric with four digits after the point, or such as {@code 1.346e+30}; {@code
   * undefined} where it is not a number.
   */
  public static String metric(double value) {
    if (Double.isNaN(value)) {
      return "undefined";
    }
    return String.format(Locale.ROOT, Math.abs(value) < LARGE ? "%.4f" : "%.3e", value);
  }

  /** Returns a share of one as a percentage, such as {@code 3%}. */
  public static String percent(double share) {
    return Math.round(100 * share) + "%";
  }

  /** Returns how many there are of something, such as {@code 1 epoch} or {@code 3 epochs}. */
  public static String count(int count, String one) {
    return count + " " + (count == 1 ? one : one + "s");
  }

  /** Returns a time such as {@code 42 s}, {@code 3 min 5 s} or {@code 2 h 10 min}. */
  public static String time(Duration time) {
    if (time.toHours() > 0) {
      return "%d h %d min".formatted(time.toHours(), time.toMinutesPart());
    }
    return time.toMinutes() > 0
        ? "%d min %d s".formatted(time.toMinutes(), time.toSecondsPart())
        : "%d s".formatted(time.toSeconds());
  }
}
