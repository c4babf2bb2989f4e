package dev.kiln.data;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;
import java.util.stream.IntStream;

/** What is done about values that are missing in a series. */
public enum Gaps {
  /** A straight line from the value before to the value after. */
  @JsonProperty("interpolate")
  INTERPOLATE,
  /** The value before again. */
  @JsonProperty("carry")
  CARRY,
  /** Nothing: a series with gaps is not taken. */
  @JsonProperty("refuse")
  REFUSE;

  /** Returns how many values are missing, that is not numbers. */
  public static int count(double[] values) {
    return (int) IntStream.range(0, values.length).filter(i -> Double.isNaN(values[i])).count();
  }

  /**
   * Returns a series without gaps.
   *
   * @param values the series, oldest first, missing values as not-a-number
   * @throws IllegalArgumentException if there are gaps and they are refused, or a gap has no value
   *     on a side where this needs one
   */
  public double[] filled(double[] values) {
    double[] whole = values.clone();
    for (int i = 0; i < whole.length; i++) {
      if (Double.isNaN(whole[i])) {
        if (this == REFUSE) {
          throw new IllegalArgumentException(
              "value %d of the series is missing, and gaps are refused".formatted(i + 1));
        }
        if (i == 0) {
          throw new IllegalArgumentException(
              "the first value of the series is missing, so there is none before to go on from");
        }
        whole[i] = this == CARRY ? whole[i - 1] : onTheLine(values, whole[i - 1], i);
      }
    }
    return whole;
  }

  /** One step from the value before towards the next value that is there. */
  private static double onTheLine(double[] values, double before, int missing) {
    int next = missing + 1;
    while (next < values.length && Double.isNaN(values[next])) {
      next++;
    }
    if (next == values.length) {
      throw new IllegalArgumentException(
          "the last value of the series is missing, so no line can be drawn to it; carry the last"
              + " one there is, or cut the end off");
    }
    return before + (values[next] - before) / (next - missing + 1);
  }

  /** Returns the name as users write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
