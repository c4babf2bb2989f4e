package dev.kiln.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.backend.Backend;
import dev.kiln.backend.BackendProvider;
import dev.kiln.data.Dataset;
import dev.kiln.data.TensorDataset;
import dev.kiln.nn.Activation;
import dev.kiln.nn.BatchNorm;
import dev.kiln.nn.Dropout;
import dev.kiln.nn.Flatten;
import dev.kiln.nn.Layer;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Model;
import dev.kiln.nn.Models;
import dev.kiln.nn.Network;
import dev.kiln.nn.Recurrent;
import dev.kiln.nn.Scope;
import dev.kiln.nn.Sequential;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import dev.kiln.train.BatchReport;
import dev.kiln.train.EpochReport;
import dev.kiln.train.Learner;
import dev.kiln.train.NonFiniteLossException;
import dev.kiln.train.NonFiniteParameterException;
import dev.kiln.train.Optimizer;
import dev.kiln.train.Progress;
import dev.kiln.train.Settings;
import dev.kiln.train.Submission;
import dev.kiln.train.Trainer;
import dev.kiln.train.TrainerBuilder;
import dev.kiln.train.TrainingListener;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every backend must do when steps are started before the loss of those before is known: the
 * same as one after the other, also where a loss is not finite.
 */
public abstract class TrainingContract {

  private static final int ROWS = 6;
  private static final int STEPS = 3;
  private static final int FEATURES = 5;
  private static final int CLASSES = 3;

  /** Returns the provider of the backend under test. */
  protected abstract BackendProvider provider();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void startingTheNextStepEarlyChangesNoBit(int accumulate) {
    try (Backend backend = provider().open(0);
        Learner oneByOne = learner(backend, accumulate);
        Learner early = learner(backend, accumulate)) {
      double first = oneByOne.train(batch(1));
      double second = oneByOne.train(batch(2));
      double third = oneByOne.train(batch(3));
      oneByOne.flush();
      Submission one = early.submit(batch(1));
      Submission two = early.submit(batch(2));
      assertThat(one.loss()).isEqualTo(first);
      Submission three = early.submit(batch(3));
      assertThat(three.loss()).isEqualTo(third);
      assertThat(two.isDone()).isTrue();
      assertThat(two.loss()).isEqualTo(second);
      early.flush();
      assertThat(held(early)).isEqualTo(held(oneByOne));
      assertThat(early.updates()).isEqualTo(oneByOne.updates());
    }
  }

  /** Also the step after it, though its own loss is finite, and whatever a step holds. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aLossThatIsNotFiniteChangesNoBit(int accumulate) {
    try (Backend backend = provider().open(0);
        Learner learner = learner(backend, accumulate);
        Learner spared = learner(backend, accumulate)) {
      spared.train(batch(1));
      learner.train(batch(1));
      Map<String, String> before = held(learner);
      Progress progress = learner.progress();
      Submission bad = learner.submit(spoilt(2));
      Submission next = learner.submit(batch(3));
      assertThatThrownBy(next::loss)
          .isInstanceOf(NonFiniteLossException.class)
          .hasMessageContaining("step " + (progress.updates() + 1))
          .hasMessageContaining("rnn");
      assertThat(learner.progress()).isEqualTo(progress);
      assertThat(held(learner)).isEqualTo(before);
      assertThatThrownBy(bad::loss).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(next::loss).isInstanceOf(IllegalStateException.class);
      for (int number = 3; number < 6; number++) {
        assertThat(learner.train(batch(number))).isEqualTo(spared.train(batch(number)));
      }
      assertThat(held(learner)).isEqualTo(held(spared));
    }
  }

  @Test
  void aThirdStepWaitsForTheFirst() {
    try (Backend backend = provider().open(0);
        Learner learner = learner(backend, 1)) {
      learner.submit(spoilt(1));
      learner.submit(batch(2));
      assertThatThrownBy(() -> learner.submit(batch(3)))
          .isInstanceOf(NonFiniteLossException.class)
          .hasMessageContaining("step 1");
      assertThat(learner.updates()).isZero();
    }
  }

  /** A checkpoint holds the step that is under way while it is written. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void goesOnFromACheckpointBetweenBatchesWithTheSameBits(int batch, @TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("between.safetensors");
    List<BatchReport> reports = new ArrayList<>();
    TrainingListener saving =
        new TrainingListener() {
          @Override
          public void onBatch(Trainer trainer, BatchReport report) throws IOException {
            reports.add(report);
            assertThat(trainer.state().batch()).isEqualTo(report.batch() + 1);
            if (report.epoch() == 1 && report.batch() == batch) {
              trainer.save(file, "");
            }
          }
        };
    try (Backend backend = provider().open(0);
        Trainer straight = trainer(backend, 0).listener(saving).build();
        Trainer resumed = trainer(backend, 0).build()) {
      List<EpochReport> epochs = straight.fit();
      assertThat(reports).extracting(BatchReport::batch).containsExactly(0, 1, 2, 3, 0, 1, 2, 3);
      resumed.resume(file);
      assertThat(resumed.fit().getLast().training()).isEqualTo(epochs.getLast().training());
      assertThat(held(resumed.learner())).isEqualTo(held(straight.learner()));
    }
  }

  @Test
  void stopsAfterTheBatchItIsAtWithNothingUnderWay() {
    TrainingListener stopping =
        new TrainingListener() {
          @Override
          public void onBatch(Trainer trainer, BatchReport report) {
            trainer.requestStop();
          }
        };
    try (Backend backend = provider().open(0);
        Trainer trainer = trainer(backend, 0).listener(stopping).build()) {
      assertThat(trainer.fit()).isEmpty();
      assertThat(trainer.state().batch()).isBetween(1, 2);
      assertThat(trainer.state().batches()).isEqualTo(trainer.learner().batches());
    }
  }

  @Test
  void aTrainerStandsBeforeTheStepThatFailed() {
    try (Backend backend = provider().open(0);
        Trainer trainer = trainer(backend, Double.NaN).build()) {
      assertThatThrownBy(trainer::fit).isInstanceOf(NonFiniteLossException.class);
      assertThat(trainer.state().batch()).isBetween(0, 3);
      assertThat(trainer.state().updates()).isEqualTo(trainer.learner().updates());
    }
  }

  /** Rectifiers, fused or not, may take not-a-number for zero; then the parameters tell. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void noRectifierHidesThatANetworkIsBroken(boolean normalized) {
    Layer network =
        normalized
            ? Sequential.of(
                new Flatten(), Linear.of(8), BatchNorm.of(), Activation.RELU, Linear.of(CLASSES))
            : Sequential.of(new Flatten(), Linear.of(8), Activation.RELU, Linear.of(CLASSES));
    try (Backend backend = provider().open(0);
        Trainer trainer = trainer(backend, Models.classifier(network), Double.NaN).build()) {
      assertThatThrownBy(trainer::fit)
          .isInstanceOfAny(NonFiniteLossException.class, NonFiniteParameterException.class)
          .hasMessageContaining("is not finite");
      assertThat(trainer.history()).isEmpty();
    }
  }

  private static TrainerBuilder trainer(Backend backend, double value) {
    return trainer(backend, Models.classifier(TrainingContract::classify), value);
  }

  /** Four batches an epoch, of which one holds a value of choice. */
  private static TrainerBuilder trainer(Backend backend, Model model, double value) {
    int samples = 4 * ROWS;
    Tensor features = Tensor.allocate(TensorType.of(DType.F32, samples, STEPS, FEATURES));
    double[] values = new double[Math.toIntExact(features.elements())];
    new Philox(11, 0, 0).fillNormal(values);
    Tensor labels = Tensor.allocate(TensorType.of(DType.I64, samples));
    for (int i = 0; i < values.length; i++) {
      features.set(i, values[i]);
    }
    for (int row = 0; row < samples; row++) {
      labels.set(row, row % CLASSES);
    }
    Dataset data = TensorDataset.ofClasses(features, labels, List.of("a", "b", "c"));
    // A data set refuses what is not finite, so it is put there behind its back.
    features.set(values.length / 2, value);
    return Trainer.of(backend, model, data)
        .validation(data)
        .optimizer(Optimizer.adam(0.01))
        .batchSize(ROWS)
        .epochs(2)
        .seed(5);
  }

  private static Learner learner(Backend backend, int accumulate) {
    List<TensorType> sample =
        List.of(TensorType.of(DType.F32, STEPS, FEATURES), TensorType.of(DType.I64, Shape.SCALAR));
    Network network =
        Network.of(
            Models.classifier(TrainingContract::classify),
            DType.F32,
            List.of(batch(0).get(0).type(), batch(0).get(1).type()));
    Settings settings = Settings.of(Optimizer.adam(0.01)).withSeed(3).withAccumulate(accumulate);
    return new Learner(backend, network, sample, settings);
  }

  /** A network with everything that is held besides parameters. */
  private static Value classify(Scope scope, Value x) {
    Layer head =
        Sequential.of(
            new Flatten(), Linear.of(8), BatchNorm.of(), Dropout.of(0.25), Linear.of(CLASSES));
    return scope.child("head", head, Recurrent.lstm(4).applyContinued(scope, "rnn", x));
  }

  private static List<Tensor> batch(int number) {
    Tensor features = Tensor.allocate(TensorType.of(DType.F32, ROWS, STEPS, FEATURES));
    double[] values = new double[ROWS * STEPS * FEATURES];
    new Philox(number, 0, 0).fillNormal(values);
    Tensor labels = Tensor.allocate(TensorType.of(DType.I64, ROWS));
    for (int i = 0; i < values.length; i++) {
      features.set(i, values[i]);
    }
    for (int row = 0; row < ROWS; row++) {
      labels.set(row, (row + number) % CLASSES);
    }
    return List.of(features, labels);
  }

  private static List<Tensor> spoilt(int number) {
    List<Tensor> batch = batch(number);
    batch.getFirst().set(FEATURES, Double.NaN);
    return batch;
  }

  /** Every bit of everything that is held between steps. */
  private static Map<String, String> held(Learner learner) {
    Map<String, String> bits = new LinkedHashMap<>();
    for (String name : learner.variables().names()) {
      byte[] bytes = learner.variables().read(name).data().toArray(ValueLayout.JAVA_BYTE);
      bits.put(name, HexFormat.of().formatHex(bytes));
    }
    return bits;
  }
}
