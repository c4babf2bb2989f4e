package dev.kiln.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.data.Dataset;
import dev.kiln.data.TensorDataset;
import dev.kiln.metrics.Metric;
import dev.kiln.nn.Activation;
import dev.kiln.nn.BatchNorm;
import dev.kiln.nn.Dropout;
import dev.kiln.nn.Layer;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Models;
import dev.kiln.nn.Network;
import dev.kiln.nn.Sequential;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the trainer promises, on the reference backend with a task of two moons in 4 dimensions. */
class TrainerTest {

  private static final int SAMPLES = 50;
  private static final int FEATURES = 4;

  @TempDir Path folder;

  private Backend backend;

  @BeforeEach
  void open() {
    backend = Backends.open("reference", 0);
  }

  @AfterEach
  void close() {
    backend.close();
  }

  /** Two classes, apart along the diagonal. */
  private static Dataset twoClouds() {
    double[] noise = new double[SAMPLES * FEATURES];
    new Philox(7, 0, 0).fillNormal(noise);
    float[] features = new float[noise.length];
    long[] labels = new long[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      labels[i] = i % 2;
      for (int k = 0; k < FEATURES; k++) {
        features[i * FEATURES + k] = (float) (noise[i * FEATURES + k] + (labels[i] == 1 ? 2 : -2));
      }
    }
    return TensorDataset.ofClasses(
        Tensor.of(Shape.of(SAMPLES, FEATURES), features),
        Tensor.of(Shape.of(SAMPLES), labels),
        List.of("left", "right"));
  }

  private static Layer network() {
    return Sequential.of(
        Linear.of(8), BatchNorm.of(), Activation.RELU, Dropout.of(0.25), Linear.of(2));
  }

  private TrainerBuilder trainer() {
    Dataset data = twoClouds();
    return Trainer.of(backend, Models.classifier(network()), data)
        .validation(data)
        .batchSize(8)
        .epochs(3)
        .seed(5);
  }

  private static float[] weights(Trainer trainer) {
    return trainer.learner().variables().read(Network.PARAMETERS).toFloatArray();
  }

  @Test
  void learnsATaskThatCanBeLearned() {
    try (Trainer trainer = trainer().epochs(20).build()) {
      List<EpochReport> history = trainer.fit();
      assertThat(history).hasSize(20);
      assertThat(history.getLast().validation().get("accuracy")).isGreaterThan(0.95);
      assertThat(history.getLast().training().get("loss"))
          .isLessThan(history.getFirst().training().get("loss"));
    }
  }

  @Test
  void givesTheSameBitsForTheSameSeedAndOthersForAnother() {
    float[] first;
    float[] second;
    float[] other;
    try (Trainer trainer = trainer().build()) {
      trainer.fit();
      first = weights(trainer);
    }
    try (Trainer trainer = trainer().build()) {
      trainer.fit();
      second = weights(trainer);
    }
    try (Trainer trainer = trainer().seed(6).build()) {
      trainer.fit();
      other = weights(trainer);
    }
    assertThat(second).isEqualTo(first);
    assertThat(other).isNotEqualTo(first);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 6, 7, 8, 13, 20})
  void continuesFromACheckpointAsIfItHadNeverStopped(int batchesBefore) throws IOException {
    float[] uninterrupted;
    List<EpochReport> history;
    try (Trainer trainer = trainer().build()) {
      history = trainer.fit();
      uninterrupted = weights(trainer);
    }
    Path file = folder.resolve("last.safetensors");
    try (Trainer trainer = stoppingAfter(batchesBefore, trainer()).build()) {
      trainer.fit();
      trainer.save(file, "two clouds");
    }
    try (Trainer trainer = trainer().build()) {
      trainer.resume(file);
      List<EpochReport> rest = trainer.fit();
      assertThat(weights(trainer)).isEqualTo(uninterrupted);
      assertThat(rest.getLast().training()).isEqualTo(history.getLast().training());
      assertThat(rest.getLast().validation()).isEqualTo(history.getLast().validation());
    }
  }

  /** What was judged of the predictions before the interruption is not in the checkpoint. */
  @ParameterizedTest
  @CsvSource({"6, true", "7, false"})
  void metricsOfPredictionsAreUndefinedInAnEpochResumedInItsMidst(int batchesBefore, boolean midst)
      throws IOException {
    Path file = folder.resolve("last.safetensors");
    TrainerBuilder settings = trainer().metrics(Metric.ROC_AUC, Metric.ACCURACY);
    List<EpochReport> whole;
    try (Trainer trainer = settings.build()) {
      whole = trainer.fit();
    }
    try (Trainer trainer = stoppingAfter(batchesBefore, settings).build()) {
      trainer.fit();
      trainer.save(file, "two clouds");
    }
    try (Trainer trainer = trainer().metrics(Metric.ROC_AUC, Metric.ACCURACY).build()) {
      trainer.resume(file);
      List<EpochReport> rest = trainer.fit();
      EpochReport first = whole.get(whole.size() - rest.size());
      assertThat(rest.getFirst().training().get("accuracy"))
          .isEqualTo(first.training().get("accuracy"));
      assertThat(rest.getFirst().training().get("roc_auc"))
          .isEqualTo(midst ? (Double) Double.NaN : first.training().get("roc_auc"));
      assertThat(rest.getLast().training()).isEqualTo(whole.getLast().training());
      assertThat(rest.getLast().training().get("roc_auc")).isBetween(0.0, 1.0);
    }
  }

  @Test
  void continuesBetweenAccumulatedBatches() throws IOException {
    float[] uninterrupted;
    try (Trainer trainer = trainer().accumulate(3).build()) {
      trainer.fit();
      uninterrupted = weights(trainer);
    }
    Path file = folder.resolve("last.safetensors");
    try (Trainer trainer = stoppingAfter(5, trainer().accumulate(3)).build()) {
      trainer.fit();
      trainer.save(file, "two clouds");
    }
    try (Trainer trainer = trainer().accumulate(3).build()) {
      trainer.resume(file);
      trainer.fit();
      assertThat(weights(trainer)).isEqualTo(uninterrupted);
    }
  }

  private static TrainerBuilder stoppingAfter(int batches, TrainerBuilder builder) {
    return builder.listener(
        new TrainingListener() {
          @Override
          public void onBatch(Trainer trainer, BatchReport report) {
            if (trainer.learner().batches() == batches) {
              trainer.requestStop();
            }
          }
        });
  }

  @Test
  void accumulatingTwoHalvesIsTrainingOnTheWhole() {
    Layer plain = Sequential.of(Linear.of(6), Activation.TANH, Linear.of(2));
    Dataset data = twoClouds();
    float[] whole;
    try (Trainer trainer =
        Trainer.of(backend, Models.classifier(plain), data)
            .optimizer(Optimizer.sgd(0.5))
            .batchSize(50)
            .epochs(4)
            .build()) {
      trainer.fit();
      whole = weights(trainer);
    }
    try (Trainer trainer =
        Trainer.of(backend, Models.classifier(plain), data)
            .optimizer(Optimizer.sgd(0.5))
            .batchSize(25)
            .accumulate(2)
            .epochs(4)
            .build()) {
      trainer.fit();
      float[] halves = weights(trainer);
      for (int i = 0; i < whole.length; i++) {
        assertThat(halves[i]).isCloseTo(whole[i], within(1e-5f));
      }
      assertThat(trainer.learner().updates()).isEqualTo(4);
    }
  }

  @Test
  void stopsWhenTheFollowedMetricNoLongerImproves() {
    try (Trainer trainer =
        trainer()
            .epochs(100)
            .metrics(Metric.ACCURACY, Metric.ROC_AUC_MACRO)
            .monitor(new Monitor("accuracy", 2, 0))
            .build()) {
      List<EpochReport> history = trainer.fit();
      long best = trainer.state().bestEpoch();
      assertThat(history).hasSize((int) best + 3);
      assertThat(history.get((int) best).best()).isTrue();
      assertThat(history.getLast().validation()).containsKeys("loss", "accuracy", "roc_auc_macro");
    }
  }

  @Test
  void reportsANonFiniteLossBeforeTheParametersAreTouched() {
    Dataset good = twoClouds();
    Tensor features = Tensor.allocate(TensorType.of(DType.F32, 8, 4));
    Dataset bad =
        TensorDataset.ofClasses(features, Tensor.of(Shape.of(8), new long[8]), good.classNames());
    // A data set refuses what is not finite, so it is put there behind its back.
    features.set(5, Double.NaN);
    try (Trainer trainer =
        Trainer.of(backend, Models.classifier(network()), bad).batchSize(8).build()) {
      float[] before = weights(trainer);
      assertThatThrownBy(trainer::fit)
          .isInstanceOf(NonFiniteLossException.class)
          .hasMessageContaining("step 1")
          .hasMessageContaining("0.linear");
      assertThat(weights(trainer)).isEqualTo(before);
    }
  }

  @Test
  void refusesACheckpointOfAnotherNetworkOrSeed() throws IOException {
    Path file = folder.resolve("other.safetensors");
    try (Trainer trainer = trainer().build()) {
      trainer.save(file, "two clouds");
    }
    Layer wider = Sequential.of(Linear.of(9), BatchNorm.of(), Activation.RELU, Linear.of(2));
    try (Trainer trainer =
        Trainer.of(backend, Models.classifier(wider), twoClouds()).seed(5).build()) {
      assertThatThrownBy(() -> trainer.resume(file))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("0.weight")
          .hasMessageContaining("F32[8, 4]")
          .hasMessageContaining("F32[9, 4]");
    }
    try (Trainer trainer = trainer().seed(6).build()) {
      assertThatThrownBy(() -> trainer.resume(file))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("seed 5");
    }
    try (Trainer trainer = trainer().optimizer(Optimizer.sgd(0.1, 0.9)).build()) {
      assertThatThrownBy(() -> trainer.resume(file))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("another optimizer");
    }
  }

  @Test
  void refusesADamagedCheckpointAndLeavesTheWeightsAlone() throws IOException {
    Path file = folder.resolve("damaged.safetensors");
    try (Trainer trainer = trainer().build()) {
      trainer.save(file, "two clouds");
      byte[] content = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(content, content.length / 2));
      float[] before = weights(trainer);
      assertThatThrownBy(() -> trainer.resume(file)).isInstanceOf(CheckpointException.class);
      assertThat(weights(trainer)).isEqualTo(before);
    }
  }

  @Test
  void namesTheLargestBatchThatFits() {
    System.setProperty("kiln.memory", "100000");
    try {
      Layer wide = Sequential.of(Linear.of(64), Activation.RELU, Linear.of(2));
      Dataset data = twoClouds();
      TrainerBuilder builder =
          Trainer.of(backend, Models.classifier(wide), data)
              .optimizer(Optimizer.sgd(0.1))
              .batchSize(SAMPLES);
      try (Trainer fits = builder.build()) {
        assertThat(fits.learner().trainingPlan(SAMPLES).totalBytes()).isLessThan(100_000);
      }
      System.setProperty("kiln.memory", "20000");
      assertThatThrownBy(builder::build)
          .isInstanceOfSatisfying(
              PlanTooLargeException.class,
              tooLarge -> {
                assertThat(tooLarge.largestBatch()).isBetween(1, SAMPLES - 1);
                try (Trainer fits = builder.batchSize(tooLarge.largestBatch()).build()) {
                  assertThat(fits.fit()).isNotEmpty();
                }
              });
    } finally {
      System.clearProperty("kiln.memory");
    }
  }

  /** Of one row a batch normalization has no plan, so the search must not try to make it. */
  @Test
  void namesNoBatchWhereNoneFits() {
    Layer normalized = Sequential.of(Linear.of(64), BatchNorm.of(), Linear.of(2));
    TrainerBuilder builder =
        Trainer.of(backend, Models.classifier(normalized), twoClouds())
            .optimizer(Optimizer.sgd(0.1))
            .batchSize(SAMPLES);
    long held;
    try (Trainer fits = builder.build()) {
      held = fits.learner().trainingPlan(SAMPLES).variableBytes();
    }
    System.setProperty("kiln.memory", Long.toString(held));
    try {
      assertThatThrownBy(builder::build)
          .isInstanceOf(PlanTooLargeException.class)
          .hasMessageContaining("not even a single sample fits");
    } finally {
      System.clearProperty("kiln.memory");
    }
  }
}
