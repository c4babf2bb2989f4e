package dev.kiln.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class GoldenMetricsTest {
  @TestFactory
  Stream<DynamicTest> everyValueIsScikitLearns() throws IOException {
    return asTests(GoldenMetrics.run());
  }

  /** Cases of our own beyond the golden ones; the script that wrote them lies beside them. */
  @TestFactory
  Stream<DynamicTest> everyFurtherValueIsScikitLearns() throws IOException {
    try (InputStream json = getClass().getResourceAsStream("/metrics/scikit_learn_cases.json")) {
      return asTests(GoldenMetrics.run(json));
    }
  }

  private static Stream<DynamicTest> asTests(List<GoldenMetrics.Result> results) {
    return results.stream()
        .map(result ->
            DynamicTest.dynamicTest(
                result.testCase() + " " + result.metric(),
                () -> assertThat(result.error()).isLessThanOrEqualTo(result.tolerance())));
  }

  @Test
  void everyCaseIsRun() throws IOException {
    List<GoldenMetrics.Result> results = GoldenMetrics.run();

    assertThat(results)
        .extracting(GoldenMetrics.Result::testCase)
        .contains("binary/ties", "multiclass/absent_class", "regression/constant_prediction");
    assertThat(results.stream().map(GoldenMetrics.Result::testCase).distinct()).hasSize(17);
  }

  @Test
  void aWrongExpectationFails() throws IOException {
    List<GoldenMetrics.Result> results =
        GoldenMetrics.run(
            json(
                """
                [{"name": "wrong", "kind": "regression", "target": [1, 2], "prediction": [1, 3],
                  "expected": {"mse": 0.5, "mae": 0.5000001, "r2": null}}]\
                """));

    assertThat(results)
        .extracting(GoldenMetrics.Result::passed)
        .containsExactly(true, false, false);
  }

  @Test
  void aCurveOfAnotherLengthFails() throws IOException {
    List<GoldenMetrics.Result> results =
        GoldenMetrics.run(
            json(
                """
                [{"name": "short", "kind": "binary", "threshold": 0.5, "target": [1, 0],
                  "score": [0.9, 0.1], "expected": {"roc": {"fpr": [0, 0], "tpr": [0, 1, 1],
                  "thresholds": ["inf", 0.9, 0.1]}}}]\
                """));

    assertThat(results).extracting(GoldenMetrics.Result::passed).containsExactly(false, true, true);
  }

  @Test
  void anExpectationThatIsNotUnderstoodIsNotPassedOver() {
    assertThatThrownBy(() ->
            GoldenMetrics.run(
                json(
                    """
                    [{"name": "x", "kind": "regression", "target": [1], "prediction": [1],
                      "expected": {"loss": 0}}]\
                    """)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("loss");
  }

  private static InputStream json(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }
}
