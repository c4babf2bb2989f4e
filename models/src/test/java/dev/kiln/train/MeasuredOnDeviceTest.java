package dev.kiln.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.backend.MeteredBackend;
import dev.kiln.data.Dataset;
import dev.kiln.data.SequenceDataset;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.metrics.Metric;
import dev.kiln.metrics.MulticlassAccumulator;
import dev.kiln.metrics.MulticlassEvaluation;
import dev.kiln.metrics.Probabilities;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Models;
import dev.kiln.op.CorrectCount;
import dev.kiln.op.CrossEntropy;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Metrics that the device computes with the loss: they are right, and they copy no predictions. */
class MeasuredOnDeviceTest {

  private static final int CLASSES = 6;

  /** The weight [6, 3], padded to 64 bytes, and the bias [6]. */
  private static final long PARAMETER_BYTES = (32 + 6) * Float.BYTES;

  /** Counts on the reference and the oneDNN backend equal the host's metrics: ties and masks. */
  @Property(tries = 60)
  void countsAreWhatTheMetricsOfTheHostAre(
      @ForAll long seed,
      @ForAll @IntRange(min = 2, max = 12) int classes,
      @ForAll @IntRange(min = 1, max = 70) int rows,
      @ForAll @IntRange(min = 1, max = 9) int levels) {
    double[] random = new double[rows * classes + rows];
    new Philox(seed, 0, 0).fillUniform(random);
    float[] scores = new float[rows * classes];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = (float) Math.floor(random[i] * levels) / 4;
    }
    long[] labels = new long[rows];
    boolean[] counted = new boolean[rows];
    for (int i = 0; i < rows; i++) {
      double draw = random[scores.length + i] * (classes + 1);
      counted[i] = i == 0 || draw < classes;
      labels[i] = counted[i] ? Math.min(classes - 1, (long) draw) : CrossEntropy.IGNORE;
    }
    MulticlassAccumulator host = MulticlassAccumulator.withoutCurves(classes);
    int[] targets = Arrays.stream(labels).mapToInt(label -> (int) label).toArray();
    host.add(targets, Probabilities.ofLogits(scores, classes), counted);
    MulticlassEvaluation evaluation = host.evaluate();
    for (String backend : List.of("reference", "onednn")) {
      long[] counts = counts(backend, scores, labels, classes);
      double all = host.rows();
      assertThat(counts[0] / all).isEqualTo(evaluation.value(Metric.ACCURACY));
      assertThat(counts[1] / all).isEqualTo(evaluation.value(Metric.TOP_3_ACCURACY));
      assertThat(counts[2] / all).isEqualTo(evaluation.value(Metric.TOP_5_ACCURACY));
    }
  }

  private static long[] counts(String name, float[] scores, long[] labels, int classes) {
    GraphBuilder graph = new GraphBuilder();
    Value s = graph.input("scores", TensorType.of(DType.F32, labels.length, classes));
    Value target = graph.input("target", TensorType.of(DType.I64, labels.length));
    List<Value> outputs =
        List.of(
            graph.apply(CorrectCount.ofPredicted(), s, target),
            graph.apply(CorrectCount.ofTop(3), s, target),
            graph.apply(CorrectCount.ofTop(5), s, target));
    try (Backend backend = Backends.open(name, 0);
        Variables none = new Variables(backend);
        Session session = Session.open(backend, graph.build(outputs), none)) {
      session.feed(s, Tensor.of(s.shape(), scores));
      session.feed(target, Tensor.of(target.shape(), labels));
      session.run();
      return outputs.stream().mapToLong(each -> (long) session.read(each).get(0)).toArray();
    }
  }

  /** Twenty sequences of 1 to 7 steps, each step with a class; padding does not count. */
  private static Dataset sequences() {
    List<Tensor> steps = new ArrayList<>();
    List<Tensor> labels = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      int length = 1 + i % 7;
      double[] random = new double[length * 3];
      new Philox(3, i, 0).fillNormal(random);
      float[] features = new float[random.length];
      IntStream.range(0, random.length).forEach(k -> features[k] = (float) random[k]);
      int sequence = i;
      long[] classes =
          IntStream.range(0, length)
              .mapToLong(step -> (sequence + step * step) % CLASSES)
              .toArray();
      steps.add(Tensor.of(Shape.of(length, 3), features));
      labels.add(Tensor.of(Shape.of(length), classes));
    }
    return SequenceDataset.ofSteps(steps, labels, List.of("a", "b", "c", "d", "e", "f"));
  }

  private static TrainerBuilder trainer(Backend backend) {
    return Trainer.of(
            backend,
            Models.sequenceClassifier(
                (scope, x, lengths) -> scope.child("out", Linear.of(CLASSES), x)),
            sequences())
        .validation(sequences())
        .batchSize(8)
        .epochs(2)
        .optimizer(Optimizer.sgd(1e-30));
  }

  /** With a rate of next to nothing, the figures of both epochs and both parts agree. */
  @ParameterizedTest
  @ValueSource(strings = {"reference", "onednn"})
  void trainingAndValidationShowTheSameMetricsOfTheSameWeights(String name) {
    try (Backend backend = Backends.open(name, 0);
        Trainer trainer =
            trainer(backend)
                .metrics(Metric.F1_MACRO, Metric.ACCURACY, Metric.TOP_3_ACCURACY, Metric.MATTHEWS)
                .build()) {
      for (EpochReport epoch : trainer.fit()) {
        assertThat(epoch.training().keySet())
            .containsExactly("loss", "f1_macro", "accuracy", "top_3_accuracy", "matthews");
        for (Map.Entry<String, Double> metric : epoch.training().entrySet()) {
          assertThat(epoch.validation().get(metric.getKey()))
              .as(metric.getKey())
              .isCloseTo(
                  metric.getValue(), within(metric.getKey().equals(Monitor.LOSS) ? 1e-6 : 0));
        }
        assertThat(epoch.training().get("accuracy")).isStrictlyBetween(0.0, 1.0);
      }
    }
  }

  /** Whether a copy is a loss, a count, or the parameters at the end of an epoch. */
  private static boolean needed(long bytes) {
    return bytes <= Long.BYTES || bytes == PARAMETER_BYTES;
  }

  @ParameterizedTest
  @CsvSource({"accuracy, false", "top_3_accuracy, false", "f1_macro, true"})
  void predictionsAreCopiedOnlyForMetricsThatNeedThem(String metric, boolean copied) {
    try (Backend reference = Backends.open("reference", 0)) {
      MeteredBackend backend = new MeteredBackend(reference);
      try (Trainer trainer = trainer(backend).metrics(Metric.named(metric)).build()) {
        backend.forgetCopies();
        trainer.fit();
      }
      assertThat(backend.copies().stream().anyMatch(bytes -> !needed(bytes))).isEqualTo(copied);
      assertThat(backend.copies()).contains((long) Float.BYTES, PARAMETER_BYTES);
    }
  }

  @ParameterizedTest
  @CsvSource({"perplexity", "bits_per_character", "negative_log_likelihood"})
  void metricsOfTokensComeOfTheLoss(String name) {
    Metric metric = Metric.named(name);
    try (Backend reference = Backends.open("reference", 0)) {
      MeteredBackend backend = new MeteredBackend(reference);
      Map<String, Double> ofLoss;
      try (Trainer trainer =
          trainer(backend).metrics(metric).scorer(Scorer::ofTokensByLoss).build()) {
        backend.forgetCopies();
        trainer.fit();
        ofLoss = trainer.history().getLast().training();
        assertThat(backend.copies()).isNotEmpty().allMatch(MeasuredOnDeviceTest::needed);
      }
      try (Trainer trainer = trainer(backend).metrics(metric).scorer(Scorer::ofTokens).build()) {
        trainer.fit();
        Map<String, Double> ofPredictions = trainer.history().getLast().training();
        assertThat(ofLoss.get(name)).isCloseTo(ofPredictions.get(name), within(1e-6));
      }
    }
  }
}
