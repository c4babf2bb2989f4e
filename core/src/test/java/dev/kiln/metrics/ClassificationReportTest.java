package dev.kiln.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The expected texts were printed by scikit-learn 1.9.1. */
class ClassificationReportTest {
  @Test
  void looksAsScikitLearns() {
    ConfusionMatrix matrix =
        ConfusionMatrix.of(new int[] {0, 1, 2, 2, 2, 0}, new int[] {0, 0, 2, 2, 1, 0}, 3);

    assertThat(ClassificationReport.of(matrix, List.of("cat", "dog", "a rather long name")))
        .hasToString(
            """
                                precision    recall  f1-score   support

                           cat       0.67      1.00      0.80         2
                           dog       0.00      0.00      0.00         1
            a rather long name       1.00      0.67      0.80         3

                      accuracy                           0.67         6
                     macro avg       0.56      0.56      0.53         6
                  weighted avg       0.72      0.67      0.67         6
            """);
  }

  /** One eighth is 0.12 to two digits, as in Python, not 0.13. */
  @Test
  void roundsHalfToEven() {
    assertThat(binaryReport())
        .hasToString(
            """
                          precision    recall  f1-score   support

                       0       0.00      0.00      0.00         1
                       1       0.50      0.12      0.20         8

                accuracy                           0.11         9
               macro avg       0.25      0.06      0.10         9
            weighted avg       0.44      0.11      0.18         9
            """);
  }

  @Test
  void theMapHasTheKeysOfScikitLearns() {
    Map<String, Object> map = binaryReport().toMap();

    assertThat(map).containsOnlyKeys("0", "1", "accuracy", "macro avg", "weighted avg");
    assertThat(map)
        .containsEntry("accuracy", 1 / 9.0)
        .containsEntry(
            "1", Map.of("precision", 0.5, "recall", 0.125, "f1-score", 0.2, "support", 8L));
  }

  @Test
  void badArgumentsAreRefused() {
    ConfusionMatrix matrix = ConfusionMatrix.of(new long[][] {{1, 0}, {0, 1}});

    assertThatThrownBy(() -> ClassificationReport.of(matrix, List.of("one")))
        .hasMessageContaining("1 names for 2 classes");
    assertThatThrownBy(() -> ClassificationReport.of(matrix, List.of("a", "b")).render(-1))
        .hasMessageContaining("-1");
  }

  private static ClassificationReport binaryReport() {
    BinaryAccumulator accumulator = new BinaryAccumulator();
    accumulator.add(
        new int[] {0, 1, 1, 1, 1, 1, 1, 1, 1}, new double[] {1, 1, 0, 0, 0, 0, 0, 0, 0});
    // Only the first positive is found, and the single negative is taken for one.
    return ClassificationReport.of(accumulator.evaluate(), List.of("0", "1"));
  }
}
