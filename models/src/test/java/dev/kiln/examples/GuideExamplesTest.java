package dev.kiln.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.check.GradientCheck;
import dev.kiln.data.Batch;
import dev.kiln.data.BatchLoader;
import dev.kiln.data.CsvFormat;
import dev.kiln.data.CsvTable;
import dev.kiln.data.DataSplit;
import dev.kiln.data.Dataset;
import dev.kiln.data.Normalize;
import dev.kiln.data.NormalizedDataset;
import dev.kiln.data.SequenceDataset;
import dev.kiln.data.Splits;
import dev.kiln.data.TensorDataset;
import dev.kiln.metrics.ClassificationReport;
import dev.kiln.metrics.Metric;
import dev.kiln.metrics.MulticlassAccumulator;
import dev.kiln.metrics.MulticlassEvaluation;
import dev.kiln.nn.Activation;
import dev.kiln.nn.BatchNorm;
import dev.kiln.nn.Dropout;
import dev.kiln.nn.Layer;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Model;
import dev.kiln.nn.Models;
import dev.kiln.nn.Recurrent;
import dev.kiln.nn.Sequential;
import dev.kiln.op.Adjoint;
import dev.kiln.op.CustomSpec;
import dev.kiln.op.Operands;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import dev.kiln.train.Checkpoint;
import dev.kiln.train.EpochReport;
import dev.kiln.train.Learner;
import dev.kiln.train.Monitor;
import dev.kiln.train.Optimizer;
import dev.kiln.train.Settings;
import dev.kiln.train.Trainer;
import dev.kiln.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/guide.md, compiled and run; the guide holds them word for word. */
class GuideExamplesTest {

  // guide: layers
  /** Three features to the scores of two classes, with a shortcut around the middle. */
  private static Layer network() {
    Layer body = Sequential.of(Linear.of(16), BatchNorm.of(), Activation.RELU, Dropout.of(0.1));
    Layer shortcut = (scope, x) -> scope.ops().add(x, scope.child("body", body, x));
    return Sequential.of(Linear.of(16), Activation.RELU, shortcut, Linear.of(2));
  }

  // guide: end

  /** Points in a cube; the second class lies where the first two coordinates agree in sign. */
  private static float[][] points(int count) {
    double[] values = new double[3 * count];
    new Philox(7, 0, 0).fillNormal(values);
    float[][] rows = new float[count][3];
    for (int i = 0; i < values.length; i++) {
      rows[i / 3][i % 3] = (float) values[i];
    }
    return rows;
  }

  private static long[] classes(float[]... rows) {
    long[] classes = new long[rows.length];
    for (int i = 0; i < rows.length; i++) {
      classes[i] = rows[i][0] * rows[i][1] > 0 ? 1 : 0;
    }
    return classes;
  }

  private static Dataset data(int count) {
    float[][] rows = points(count);
    long[] classes = classes(rows);
    // guide: arrays
    Dataset data =
        TensorDataset.ofClasses(
            Tensor.of(rows), // float[][]: one row for each sample
            Tensor.of(Shape.of(classes.length), classes), // long[]
            List.of("different", "alike"));
    // guide: end
    return data;
  }

  private static Map<String, Double> train(Dataset data) {
    // guide: train
    DataSplit split = Splits.stratified(data, 0.1, 0.2, 1);
    try (Backend backend = Backends.openBest();
        Trainer trainer =
            Trainer.of(backend, Models.classifier(network()), split.train())
                .validation(split.validation())
                .optimizer(Optimizer.adam(0.01))
                .batchSize(32)
                .epochs(30)
                .metrics(Metric.ACCURACY, Metric.F1_MACRO)
                .monitor(Monitor.loss().withPatience(10))
                .listener(printing())
                .build()) {
      trainer.fit();
      return trainer.evaluate(split.test()); // loss, accuracy, f1_macro
    }
    // guide: end
  }

  // guide: listener
  private static TrainingListener printing() {
    return new TrainingListener() {
      @Override
      public void onEpoch(Trainer trainer, EpochReport epoch) {
        System.out.println(epoch.epoch() + " " + epoch.validation());
      }
    };
  }

  // guide: end

  @Test
  void trainsOnOwnArrays() {
    assertThat(train(data(2000))).containsKeys("loss", "accuracy", "f1_macro");
    assertThat(train(data(2000)).get("accuracy")).isGreaterThan(0.9);
  }

  @Test
  void readsATable(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("points.csv");
    Files.writeString(file, "a,b,c,label\n1,2,3,1\n-1,2,0.5,0\n4,4,4,1\n");
    // guide: csv
    CsvTable table = CsvFormat.withNames().read(file);
    Dataset raw =
        TensorDataset.ofClasses(
            table.features("a", "b", "c"), table.labels("label"), List.of("different", "alike"));
    Dataset data = new NormalizedDataset(raw, Normalize.of(raw));
    // guide: end
    assertThat(data.describe()).isEqualTo("3 examples of F32[3] in 2 classes");
  }

  @Test
  void tellsWhatComputes() {
    // guide: backend
    Backends.providers()
        .forEach(provider ->
            System.out.println(
                provider.name() + ": " + provider.unavailableReason().orElse("is available")));
    try (Backend backend = Backends.open("reference")) { // this one and never another
      System.out.println(backend.name() + ", " + backend.description());
    }
    // guide: end
    assertThat(Backends.providers()).isNotEmpty();
  }

  @Test
  void runsALoopOfItsOwn() {
    Dataset data = data(512);
    Tensor x = Tensor.of(points(512));
    // guide: loop
    Settings settings = Settings.of(Optimizer.adam(0.01)).withSeed(3);
    try (Backend backend = Backends.openBest();
        Learner learner =
            Learner.of(
                backend, Models.classifier(network()), settings, data.features(), data.target());
        BatchLoader loader = BatchLoader.of(data).batchSize(64).seed(3).shuffled().build()) {
      for (int epoch = 0; epoch < 20; epoch++) {
        double sum = 0;
        for (int i = 0; i < loader.batchesPerEpoch(); i++) {
          Batch batch = loader.next();
          sum += learner.train(batch.fields()); // the loss before the update
        }
        System.out.println("epoch " + epoch + ", mean loss " + sum / loader.batchesPerEpoch());
      }
      Tensor scores = learner.predict(x); // [N, 3] to [N, 2]: no target needed, nothing learned
      // guide: end
      assertThat(scores.shape()).isEqualTo(Shape.of(512, 2));
      assertThat(accuracy(scores, classes(points(512)))).isGreaterThan(0.9);
    }
  }

  private static double accuracy(Tensor scores, long... classes) {
    int right = 0;
    for (int i = 0; i < classes.length; i++) {
      right += (scores.get(2L * i + 1) > scores.get(2L * i) ? 1 : 0) == classes[i] ? 1 : 0;
    }
    return (double) right / classes.length;
  }

  @Test
  void readsSequencesOfDifferentLengths() {
    // Whether a sequence rises or falls from its first value to its last.
    List<Tensor> sequences = new ArrayList<>();
    long[] labels = new long[200];
    double[] noise = new double[200 * 8];
    new Philox(5, 0, 0).fillNormal(noise);
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i % 2;
      float[] values = new float[3 + i % 6];
      for (int t = 0; t < values.length; t++) {
        values[t] = (float) ((labels[i] == 1 ? t : -t) + 0.3 * noise[8 * i + t]);
      }
      sequences.add(Tensor.of(Shape.of(values.length, 1), values));
    }
    // guide: sequences
    Dataset data =
        SequenceDataset.ofClasses( // each sequence [steps, features]
            sequences, Tensor.of(Shape.of(labels.length), labels), List.of("falls", "rises"));
    Model model =
        Models.sequenceClassifier((scope, x, lengths) ->
            scope.child("head", Linear.of(2), Recurrent.gru(16).lastOf(scope, "rnn", x, lengths)));
    try (Backend backend = Backends.openBest();
        Trainer trainer =
            Trainer.of(backend, model, data).optimizer(Optimizer.adam(0.01)).epochs(5).build()) {
      trainer.fit();
      // Two sequences, padded to four steps: what stands after a length is never looked at.
      Tensor x = Tensor.of(new float[][] {{0, 1, 2, 3}, {0, -1, -2, 9}}).reshape(2, 4, 1);
      Tensor scores = trainer.learner().predict(x, Tensor.of(Shape.of(2), 4L, 3L));
      // guide: end
      assertThat(trainer.evaluate(data).get("accuracy")).isGreaterThan(0.95);
      assertThat(accuracy(scores, 1, 0)).isEqualTo(1);
    }
  }

  @Test
  void savesAndLoads(@TempDir Path folder) throws IOException {
    Tensor x = Tensor.of(points(8));
    Path file = folder.resolve("points.safetensors");
    Settings settings = Settings.of(Optimizer.adam(0.01));
    TensorType features = TensorType.of(DType.F32, 3);
    TensorType label = TensorType.of(DType.I64, Shape.SCALAR);
    try (Backend backend = Backends.openBest();
        Learner learner =
            Learner.of(
                backend, Models.classifier(network()), settings.withSeed(9), features, label)) {
      // guide: save
      Checkpoint.writeWeights(file, learner); // parameters and running statistics
      // guide: end
      Tensor before = learner.predict(x);
      // guide: load
      try (Learner loaded =
          Learner.of(backend, Models.classifier(network()), settings, features, label)) {
        Checkpoint.loadWeights(file, loaded); // its own, or those of PyTorch
        Tensor scores = loaded.predict(x);
        // guide: end
        assertThat(scores.toFloatArray()).containsExactly(before.toFloatArray());
      }
    }
  }

  @Test
  void judgesPredictions() {
    float[] probabilities = {0.9f, 0.1f, 0.2f, 0.8f, 0.6f, 0.4f, 0.3f, 0.7f};
    // guide: metrics
    MulticlassAccumulator accumulator = MulticlassAccumulator.withCurves(2);
    accumulator.add(new int[] {0, 1, 1, 1}, probabilities); // [N, C], row by row; more may follow
    MulticlassEvaluation evaluation = accumulator.evaluate();
    double f1 = evaluation.value(Metric.F1_MACRO);
    System.out.println(
        ClassificationReport.of(evaluation.confusionMatrix(), List.of("different", "alike")));
    // guide: end
    assertThat(f1).isCloseTo((2.0 / 3 + 0.8) / 2, within(1e-12));
  }

  // guide: spec
  /** Elementwise {@code y = x + sin(x)^2} (Ziyin et al. 2020), for any floating-point x. */
  record Snake() implements CustomSpec {

    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      return List.of(new Operands(this, inputs, "x").floating(0).get(0));
    }

    @Override
    public void gradient(Adjoint adjoint) {
      adjoint.give(0, () -> adjoint.apply(new Grad(), adjoint.input(0), adjoint.upstream()));
    }

    @Override
    public void compute(List<Tensor> inputs, List<Tensor> outputs) {
      Tensor x = inputs.getFirst();
      for (long i = 0; i < x.elements(); i++) {
        double sine = Math.sin(x.get(i));
        outputs.getFirst().set(i, x.get(i) + sine * sine);
      }
    }

    /** {@code dx = (1 + sin(2x)) dy}. */
    record Grad() implements CustomSpec {

      @Override
      public List<TensorType> infer(List<TensorType> inputs) {
        Operands in = new Operands(this, inputs, "x", "dy").floating(0);
        return List.of(in.dtypeOfFirst(1).shapeIs(1, in.shape(0)).get(0));
      }

      @Override
      public void compute(List<Tensor> inputs, List<Tensor> outputs) {
        for (long i = 0; i < inputs.getFirst().elements(); i++) {
          double slope = 1 + Math.sin(2 * inputs.get(0).get(i));
          outputs.getFirst().set(i, slope * inputs.get(1).get(i));
        }
      }
    }
  }

  // guide: end

  @Test
  void anOperationOfOnesOwnHasTheGradientItSays() {
    // guide: check
    try (Backend backend = Backends.open("reference")) {
      Tensor x = Tensor.of(Shape.of(2, 3), -2.0, -0.7, 0.0, 0.4, 1.1, 3.0); // F64
      assertThat(GradientCheck.run(backend, new Snake(), x)).allMatch(GradientCheck.Result::passes);
    }
    // guide: end
  }

  @Test
  void anOperationOfOnesOwnIsALayer() {
    Dataset data = data(512);
    // guide: layer
    Layer snake = (scope, x) -> scope.graph().apply(new Snake(), x);
    Model model = Models.classifier(Sequential.of(Linear.of(16), snake, Linear.of(2)));
    // guide: end
    try (Backend backend = Backends.openBest();
        Trainer trainer =
            Trainer.of(backend, model, data).optimizer(Optimizer.adam(0.02)).epochs(30).build()) {
      trainer.fit();
      assertThat(trainer.evaluate(data).get("accuracy")).isGreaterThan(0.9);
    }
  }

  /** Every example of the guide, in its order, is one that stands above between marks. */
  @Test
  void theGuideHoldsTheseExamples() throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("docs/guide.md"))) {
      root = root.getParent();
    }
    String source =
        Files.readString(
            root.resolve("models/src/test/java/dev/kiln/examples/GuideExamplesTest.java"));
    String guide = Files.readString(root.resolve("docs/guide.md"));
    List<String> compiled =
        blocks(source, "(?s)( *)// guide: (?!end)\\w+\n(.*?)\\s*// guide: end\n", 2);
    List<String> shown = blocks(guide, "(?s)```java\n(.*?)```\n", 1);
    assertThat(shown).isNotEmpty().containsExactlyInAnyOrderElementsOf(compiled);
    String version =
        blocks(
                Files.readString(root.resolve("pom.xml")),
                "<artifactId>kiln</artifactId>\\s*<version>(.*?)<",
                1)
            .getFirst();
    assertThat(blocks(guide, "<version>(.*?)<", 1)).isNotEmpty().containsOnly(version);
  }

  private static List<String> blocks(String text, String pattern, int group) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map((MatchResult result) -> result.group(group).stripTrailing().stripIndent().strip())
        .toList();
  }
}
