package dev.kiln.metrics;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Precision, recall, F1 and support of each class and their averages, laid out as scikit-learn's
 * {@code classification_report}.
 *
 * @param classes one line per class
 * @param averages the averages over classes, in the order in which to show them
 * @param accuracy share of rows predicted rightly; NaN for several labels per row, which show their
 *     micro average instead
 */
public record ClassificationReport(List<Line> classes, List<Line> averages, double accuracy) {
  /** Digits after the point where none are given. */
  public static final int DEFAULT_DIGITS = 2;

  /**
   * One line of the report.
   *
   * @param name name of the class or of the average
   * @param precision TP / (TP + FP)
   * @param recall TP / (TP + FN)
   * @param f1 harmonic mean of both
   * @param support number of rows truly of the class, of all classes for an average
   */
  public record Line(String name, double precision, double recall, double f1, long support) {
    /** Returns the values by the names that scikit-learn gives them. */
    Map<String, Object> toMap() {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("precision", precision);
      values.put("recall", recall);
      values.put("f1-score", f1);
      values.put("support", support);
      return values;
    }
  }

  /** Copies the lists. */
  public ClassificationReport {
    classes = List.copyOf(classes);
    averages = List.copyOf(averages);
  }

  /**
   * Reports a confusion matrix.
   *
   * @param matrix the counts
   * @param names one name per class, in order
   */
  public static ClassificationReport of(ConfusionMatrix matrix, List<String> names) {
    return of(
        matrix.perClass(), names, List.of(Average.MACRO, Average.WEIGHTED), matrix.accuracy());
  }

  /**
   * Reports a binary evaluation at its threshold, with both classes.
   *
   * @param evaluation the evaluation
   * @param names names of the negative and of the positive class
   */
  public static ClassificationReport of(BinaryEvaluation evaluation, List<String> names) {
    return of(evaluation.counts().confusionMatrix(), names);
  }

  /**
   * Reports several labels per row at the threshold of their evaluation.
   *
   * @param evaluation the evaluation
   * @param names one name per label, in order
   */
  public static ClassificationReport of(MultilabelEvaluation evaluation, List<String> names) {
    return of(
        evaluation.counts(),
        names,
        List.of(Average.MICRO, Average.MACRO, Average.WEIGHTED),
        Double.NaN);
  }

  private static ClassificationReport of(
      List<BinaryCounts> counts, List<String> names, List<Average> averages, double accuracy) {
    if (names.size() != counts.size()) {
      throw new IllegalArgumentException(
          "classification report: " + names.size() + " names for " + counts.size() + " classes");
    }
    List<Line> classes = new ArrayList<>();
    for (int i = 0; i < counts.size(); i++) {
      BinaryCounts one = counts.get(i);
      classes.add(new Line(names.get(i), one.precision(), one.recall(), one.f1(), one.support()));
    }
    long support = classes.stream().mapToLong(Line::support).sum();
    List<Line> averaged =
        averages.stream()
            .map(average ->
                new Line(
                    average.name().toLowerCase(Locale.ROOT) + " avg",
                    average.of(counts, BinaryCounts::precision),
                    average.of(counts, BinaryCounts::recall),
                    average.of(counts, BinaryCounts::f1),
                    support))
            .toList();
    return new ClassificationReport(classes, averaged, accuracy);
  }

  /** Returns the report as nested maps, as scikit-learn's {@code output_dict}: ready for JSON. */
  public Map<String, Object> toMap() {
    Map<String, Object> report = new LinkedHashMap<>();
    classes.forEach(line -> report.put(line.name(), line.toMap()));
    if (!Double.isNaN(accuracy)) {
      report.put("accuracy", accuracy);
    }
    averages.forEach(line -> report.put(line.name(), line.toMap()));
    return report;
  }

  /** Returns the report as a table of text with two digits. */
  @Override
  public String toString() {
    return render(DEFAULT_DIGITS);
  }

  /**
   * Returns the report as a table of text, every line ended.
   *
   * @param digits digits after the point, at least 0
   */
  public String render(int digits) {
    if (digits < 0) {
      throw new IllegalArgumentException(
          "classification report: digits cannot be negative, got " + digits);
    }
    int width = Math.max("weighted avg".length(), digits);
    for (Line line : classes) {
      width = Math.max(width, line.name().length());
    }
    StringBuilder text = new StringBuilder();
    text.append(row(width, "", "precision", "recall", "f1-score", "support")).append('\n');
    for (Line line : classes) {
      text.append(row(width, digits, line));
    }
    text.append('\n');
    if (!Double.isNaN(accuracy)) {
      String support = Long.toString(averages.getFirst().support());
      text.append(row(width, "accuracy", "", "", rounded(accuracy, digits), support));
    }
    for (Line line : averages) {
      text.append(row(width, digits, line));
    }
    return text.toString();
  }

  private static String row(int width, int digits, Line line) {
    return row(
        width,
        line.name(),
        rounded(line.precision(), digits),
        rounded(line.recall(), digits),
        rounded(line.f1(), digits),
        Long.toString(line.support()));
  }

  private static String row(int width, String name, String... cells) {
    StringBuilder row =
        new StringBuilder(" ".repeat(width - name.length())).append(name).append(' ');
    for (String cell : cells) {
      row.append(' ').append(" ".repeat(Math.max(0, 9 - cell.length()))).append(cell);
    }
    return row.append('\n').toString();
  }

  /**
   * Rounds the exact binary value half to even, as Python does; Java's formatter rounds half up.
   */
  private static String rounded(double value, int digits) {
    return new BigDecimal(value).setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
  }
}
