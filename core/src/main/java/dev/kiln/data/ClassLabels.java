package dev.kiln.data;

import dev.kiln.tensor.Tensor;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** What a list of class indices must satisfy. */
final class ClassLabels {

  private ClassLabels() {}

  /** Returns the first row whose label is no index of {@code classes} classes. */
  static OptionalInt firstOutOfRange(Tensor labels, int classes) {
    return IntStream.range(0, Math.toIntExact(labels.elements()))
        .filter(row -> !(labels.get(row) >= 0 && labels.get(row) < classes))
        .findFirst();
  }

  /**
   * Checks labels a caller passed in.
   *
   * @throws IllegalArgumentException naming the first row whose label is out of range
   */
  static void check(Tensor labels, List<String> classNames) {
    OptionalInt wrong = firstOutOfRange(labels, classNames.size());
    if (wrong.isPresent()) {
      throw new IllegalArgumentException(message(labels, wrong.getAsInt(), classNames.size()));
    }
  }

  /** Says what is wrong with a row's label. */
  static String message(Tensor labels, int row, int classes) {
    return "row %d has label %d, but the %d classes are 0 to %d"
        .formatted(row, (long) labels.get(row), classes, classes - 1);
  }
}
