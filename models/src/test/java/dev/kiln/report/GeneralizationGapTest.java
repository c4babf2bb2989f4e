package dev.kiln.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.report.GeneralizationGap.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the metric that a training followed says of it. */
class GeneralizationGapTest {

  static Stream<Arguments> trainings() {
    return Stream.of(
        Arguments.of(Verdict.NOT_MEASURED, losses(), losses()),
        Arguments.of(Verdict.NOT_MEASURED, losses(1, 0.5, 0.2), losses()),
        Arguments.of(Verdict.TOO_SHORT, losses(1, 0.5), losses(1, 0.6)),
        Arguments.of(Verdict.OVERFITTING, losses(1, 0.5, 0.2, 0.1), losses(1, 0.6, 0.7, 0.8)),
        Arguments.of(Verdict.BALANCED, losses(1, 0.5, 0.4, 0.4), losses(1, 0.6, 0.55, 0.56)),
        // The validation loss rises, but so does the training loss: that is no overfitting.
        Arguments.of(Verdict.BALANCED, losses(1, 0.5, 0.6, 0.6), losses(1, 0.5, 0.6, 0.6)),
        Arguments.of(Verdict.STILL_LEARNING, losses(1, 0.8, 0.6, 0.4), losses(1, 0.8, 0.6, 0.4)),
        Arguments.of(Verdict.UNDERFITTING, losses(2.3, 2.3, 2.3), losses(2.3, 2.3, 2.29)));
  }

  @ParameterizedTest
  @MethodSource("trainings")
  void theVerdictFollowsFromTheLosses(Verdict verdict, double[] training, double[] validation) {
    GeneralizationGap gap =
        GeneralizationGap.of(
            history("loss", "loss", training, validation), new FollowedMetric("loss", "loss"));

    assertThat(gap.verdict()).isEqualTo(verdict);
    assertThat(gap.sentence()).endsWith(".").doesNotContain("NaN");
  }

  static Stream<Arguments> metrics() {
    double[] rising = {0.5, 0.7, 0.9, 0.95};
    return Stream.of(
        // f1_macro is highest in epoch 2, though a loss would be lowest there in the last.
        Arguments.of(
            "f1_macro",
            Verdict.OVERFITTING,
            rising,
            losses(0.5, 0.8, 0.75, 0.7),
            "Overfitting after epoch 2: since then the training F1 macro rose from 0.7000 to"
                + " 0.9500, but the validation F1 macro fell from 0.8000 to 0.7000. The best"
                + " checkpoint, by F1 macro, is that of epoch 2. More data"),
        Arguments.of(
            "accuracy",
            Verdict.STILL_LEARNING,
            rising,
            rising,
            "Still learning: the last epoch was the best, and the validation accuracy rose from"
                + " 0.9000 in epoch 3 to 0.9500. More epochs would raise it further."),
        // One sample of 180 is no sign of overfitting, though the share of errors rose by half.
        Arguments.of(
            "accuracy",
            Verdict.BALANCED,
            rising,
            losses(0.5, 0.97, 0.9889, 0.9833),
            "the validation accuracy was highest in epoch 3, with 0.9889, and is 0.9833 after the"
                + " last. After"),
        Arguments.of(
            "rmse",
            Verdict.UNDERFITTING,
            losses(2, 2, 2),
            losses(2, 2, 1.99),
            "Underfitting: the training RMSE only went from 2.0000 to 2.0000."),
        Arguments.of(
            "training_loss",
            Verdict.BALANCED,
            losses(1, 0.5, 0.4, 0.39),
            losses(1, 0.6, 0.55, 0.56),
            "The best checkpoint, by training loss, is that of epoch 4."),
        // An epoch that was resumed in its midst has no such value of the training data.
        Arguments.of(
            "f1_macro",
            Verdict.BALANCED,
            losses(0.5, 0.7, Double.NaN),
            losses(0.5, 0.7, 0.7),
            "There is no training F1 macro of the last epoch to compare it with: it was not"
                + " measured, or the epoch was resumed in its midst."));
  }

  @ParameterizedTest
  @MethodSource("metrics")
  void theSentenceIsOfTheMetricThatWasFollowed(
      String monitor, Verdict verdict, double[] training, double[] validation, String sentence) {
    String metric = monitor.replace("training_", "");

    GeneralizationGap gap =
        GeneralizationGap.of(
            history(metric, monitor, training, validation), new FollowedMetric(metric, monitor));

    assertThat(gap.verdict()).isEqualTo(verdict);
    assertThat(gap.metric()).isEqualTo(metric);
    assertThat(gap.sentence()).contains(sentence).doesNotContain("NaN");
  }

  /** The epochs of a training whose best one is chosen as a trainer does. */
  private static List<Epoch> history(
      String metric, String monitor, double[] training, double[] validation) {
    List<Epoch> history = new ArrayList<>();
    boolean higher = metric.equals("accuracy") || metric.equals("f1_macro");
    double[] followed = monitor.startsWith("training_") ? training : validation;
    double best = higher ? -1 : Double.MAX_VALUE;
    for (int i = 0; i < training.length; i++) {
      boolean isBest = false;
      if (i < followed.length) {
        isBest = higher ? followed[i] > best : followed[i] < best;
        best = isBest ? followed[i] : best;
      }
      history.add(
          new Epoch(
              i + 1,
              0.1,
              Map.of(metric, training[i]),
              validation.length == 0 ? Map.of() : Map.of(metric, validation[i]),
              false,
              1,
              1,
              isBest,
              Optional.empty()));
    }
    return history;
  }

  private static double[] losses(double... values) {
    return values;
  }
}
