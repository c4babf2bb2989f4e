package dev.kiln.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.backend.Backend;
import dev.kiln.backend.BackendUnavailableException;
import dev.kiln.backend.Backends;
import dev.kiln.backend.ComputeOptions;
import dev.kiln.backend.Precision;
import dev.kiln.exec.Step;
import dev.kiln.nn.Activation;
import dev.kiln.nn.BatchNorm;
import dev.kiln.nn.Conv2d;
import dev.kiln.nn.Flatten;
import dev.kiln.nn.Layer;
import dev.kiln.nn.Linear;
import dev.kiln.nn.MaxPool2d;
import dev.kiln.nn.Models;
import dev.kiln.nn.Network;
import dev.kiln.nn.Recurrent;
import dev.kiln.nn.Sequential;
import dev.kiln.op.OptimizerStep;
import dev.kiln.op.RecurrentCell;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Training in bf16 and fp16 on the reference backend, which defines what that means. */
class MixedPrecisionTest {

  private static final int STEPS = 15;
  private static final int ROWS = 8;
  private static final int CLASSES = 3;

  /** Relative, of the loss in any step: 8 significant bits in every product and activation. */
  private static final double TOLERANCE = 0.03;

  /**
   * A network and what it takes.
   *
   * @param name what tests call it
   * @param layer the network
   * @param sample the shape of one input
   */
  private record Task(String name, Layer layer, Shape sample) {

    @Override
    public String toString() {
      return name;
    }
  }

  private static List<Task> tasks() {
    return List.of(
        new Task(
            "convolutional",
            Sequential.of(
                Conv2d.of(6, 3),
                BatchNorm.of(),
                Activation.RELU,
                MaxPool2d.of(2),
                new Flatten(),
                Linear.of(CLASSES)),
            Shape.of(2, 8, 8)),
        new Task(
            "recurrent",
            Sequential.of(
                Recurrent.of(RecurrentCell.LSTM, 8).withLayers(2).lastStep(), Linear.of(CLASSES)),
            Shape.of(5, 4)));
  }

  private static Stream<Arguments> tasksInMixedPrecision() {
    return tasks().stream()
        .flatMap(
            task -> Stream.of(Precision.BF16, Precision.FP16).map(low -> Arguments.of(task, low)));
  }

  @ParameterizedTest
  @MethodSource("tasksInMixedPrecision")
  void theLossFollowsThatOfFloat32(Task task, Precision low) {
    List<Double> got = losses(task, low);
    List<Double> want = losses(task, Precision.FLOAT32);
    assertThat(got).isNotEqualTo(want);
    assertThat(want.getLast()).isLessThan(0.8 * want.getFirst());
    for (int step = 0; step < STEPS; step++) {
      assertThat(got.get(step))
          .as("loss of step " + step)
          .isCloseTo(want.get(step), within(TOLERANCE * Math.max(0.3, want.get(step))));
    }
  }

  @ParameterizedTest
  @MethodSource("tasksInMixedPrecision")
  void twoRunsGiveTheSameBits(Task task, Precision low) {
    assertThat(losses(task, low)).isEqualTo(losses(task, low));
  }

  @ParameterizedTest
  @MethodSource("tasksInMixedPrecision")
  void parametersGradientsAndUpdatesAreF32(Task task, Precision low) {
    try (Backend backend = opened(low);
        Learner learner = learner(backend, task)) {
      List<Step> steps = learner.trainingPlan(ROWS).steps();
      assertThat(steps)
          .filteredOn(step -> step.node().spec() instanceof OptimizerStep)
          .singleElement()
          .satisfies(step ->
              assertThat(step.node().inputs().subList(0, 2))
                  .extracting(Value::type)
                  .allMatch(type -> type.dtype() == DType.F32));
      assertThat(steps)
          .filteredOn(step ->
              step.node().name().contains("conv") || step.node().name().contains("recurrent"))
          .isNotEmpty()
          .anySatisfy(step ->
              assertThat(step.node().inputs().getFirst().type().dtype()).isEqualTo(low.operands()));
      assertThat(learner.variables().type(Network.PARAMETERS).dtype()).isEqualTo(DType.F32);
    }
  }

  @Test
  void anUpdateWhoseGradientsOverflowIsSkippedAndHalvesTheScale() {
    Task task = tasks().getFirst();
    try (Backend backend = opened(Precision.FP16);
        Learner learner = learner(backend, task)) {
      learner.train(data(task));
      assertThat(learner.scaledGradients()).contains(new ScaledGradients(65536, 0));
      List<String> held = List.of(Network.PARAMETERS, "optimizer.exp_avg", "optimizer.exp_avg_sq");
      List<byte[]> before = bits(learner, held);
      learner.variables().write(LossScaling.SCALE, Tensor.of(Shape.SCALAR, 0x1p60f));
      assertThat(learner.train(data(task))).isFinite();
      assertThat(bits(learner, held)).usingRecursiveComparison().isEqualTo(before);
      assertThat(learner.scaledGradients()).contains(new ScaledGradients(0x1p59, 1));
      learner.variables().write(LossScaling.SCALE, Tensor.of(Shape.SCALAR, 1024f));
      learner.train(data(task));
      assertThat(bits(learner, held)).usingRecursiveComparison().isNotEqualTo(before);
      assertThat(learner.scaledGradients()).contains(new ScaledGradients(1024, 1));
    }
  }

  /** Adam's correction counts the updates that were made. */
  @Test
  void anUpdateAfterSkippedOnesIsWhatItWouldHaveBeenWithoutThem() {
    Task task = tasks().getFirst();
    try (Backend backend = opened(Precision.FP16);
        Learner skipping = learner(backend, task);
        Learner straight = learner(backend, task)) {
      skipping.variables().write(LossScaling.SCALE, Tensor.of(Shape.SCALAR, 0x1p60f));
      skipping.train(data(task));
      skipping.variables().write(LossScaling.SCALE, Tensor.of(Shape.SCALAR, 65536f));
      skipping.train(data(task));
      straight.train(data(task));
      assertThat(skipping.scaledGradients()).contains(new ScaledGradients(65536, 1));
      assertThat(bits(skipping, List.of(Network.PARAMETERS)))
          .usingRecursiveComparison()
          .isEqualTo(bits(straight, List.of(Network.PARAMETERS)));
    }
  }

  @Test
  void theScaleIsDoubledAfterManyUpdatesInARow() {
    Task task = tasks().getFirst();
    try (Backend backend = opened(Precision.FP16);
        Learner learner = learner(backend, task)) {
      learner.train(data(task));
      learner
          .variables()
          .write(
              LossScaling.Dynamic.STREAK,
              Tensor.of(Shape.SCALAR, (float) LossScaling.GROWTH_INTERVAL - 2));
      learner.variables().write(LossScaling.SCALE, Tensor.of(Shape.SCALAR, 1024f));
      learner.train(data(task));
      assertThat(learner.scaledGradients()).contains(new ScaledGradients(1024, 0));
      learner.train(data(task));
      assertThat(learner.scaledGradients()).contains(new ScaledGradients(2048, 0));
      assertThat(learner.variables().read(LossScaling.Dynamic.STREAK).item()).isZero();
    }
  }

  @Test
  void accumulatedGradientsThatOverflowSkipTheirUpdateAndAreForgotten() {
    Task task = tasks().getFirst();
    try (Backend backend = opened(Precision.FP16);
        Learner learner = learner(backend, task, settings().withAccumulate(2))) {
      List<String> held = List.of(Network.PARAMETERS);
      List<byte[]> before = bits(learner, held);
      learner.variables().write(LossScaling.SCALE, Tensor.of(Shape.SCALAR, 0x1p60f));
      learner.train(data(task));
      learner.train(data(task));
      assertThat(bits(learner, held)).usingRecursiveComparison().isEqualTo(before);
      assertThat(learner.scaledGradients()).contains(new ScaledGradients(0x1p59, 1));
      learner.variables().write(LossScaling.SCALE, Tensor.of(Shape.SCALAR, 1024f));
      learner.train(data(task));
      learner.train(data(task));
      assertThat(bits(learner, held)).usingRecursiveComparison().isNotEqualTo(before);
      assertThat(learner.scaledGradients()).contains(new ScaledGradients(1024, 1));
    }
  }

  @Test
  void aCheckpointKeepsTheScale(@TempDir Path folder) throws IOException {
    Task task = tasks().getFirst();
    Path file = folder.resolve("last.safetensors");
    try (Backend backend = opened(Precision.FP16);
        Learner learner = learner(backend, task);
        Learner resumed = learner(backend, task);
        Backend other = opened(Precision.BF16);
        Learner inBf16 = learner(other, task)) {
      learner.variables().write(LossScaling.SCALE, Tensor.of(Shape.SCALAR, 0x1p60f));
      learner.train(data(task));
      Checkpoint.write(file, learner, TrainingState.start(settings().seed()), "{}");
      Checkpoint.resume(file, resumed);
      assertThat(resumed.scaledGradients()).contains(new ScaledGradients(0x1p59, 1));
      Checkpoint.write(file, inBf16, TrainingState.start(settings().seed()), "{}");
      assertThatThrownBy(() -> Checkpoint.resume(file, resumed))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("has no tensor loss_scale")
          .hasMessageContaining("another precision");
    }
  }

  private static List<byte[]> bits(Learner learner, List<String> names) {
    return names.stream()
        .map(name -> learner.variables().read(name).data().toArray(ValueLayout.JAVA_BYTE))
        .toList();
  }

  @Test
  void aBackendRefusesAPrecisionThatItDoesNotOffer() {
    assertThatThrownBy(
            () -> Backends.open("reference", 0, ComputeOptions.DEFAULT.with(Precision.TF32)))
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessage("backend 'reference' does not compute in tf32; it offers float32, bf16, fp16");
  }

  @Test
  void doublesAreNotMixedWithLowTypes() {
    try (Backend backend = opened(Precision.BF16)) {
      Task task = tasks().getFirst();
      Network network =
          Network.of(Models.classifier(task.layer), DType.F64, batch(task, DType.F64));
      assertThatThrownBy(() -> new Learner(backend, network, fields(task, DType.F64), settings()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("in bf16 parameters are F32, but those of this network are F64");
    }
  }

  private static Backend opened(Precision precision) {
    return Backends.open("reference", 0, ComputeOptions.DEFAULT.with(precision));
  }

  private static Settings settings() {
    return Settings.of(Optimizer.adam(0.01)).withSeed(3);
  }

  private static List<Double> losses(Task task, Precision precision) {
    List<Double> losses = new ArrayList<>();
    try (Backend backend = opened(precision);
        Learner learner = learner(backend, task)) {
      for (int step = 0; step < STEPS; step++) {
        losses.add(learner.train(data(task)));
      }
    }
    return losses;
  }

  private static Learner learner(Backend backend, Task task) {
    return learner(backend, task, settings());
  }

  private static Learner learner(Backend backend, Task task, Settings settings) {
    Network network = Network.of(Models.classifier(task.layer), DType.F32, batch(task, DType.F32));
    return new Learner(backend, network, fields(task, DType.F32), settings);
  }

  private static List<TensorType> fields(Task task, DType dtype) {
    return List.of(TensorType.of(dtype, task.sample), TensorType.of(DType.I64, Shape.SCALAR));
  }

  private static List<TensorType> batch(Task task, DType dtype) {
    return fields(task, dtype).stream().map(type -> type.stacked(ROWS)).toList();
  }

  private static List<Tensor> data(Task task) {
    Tensor inputs = Tensor.allocate(batch(task, DType.F32).getFirst());
    Tensor labels = Tensor.allocate(TensorType.of(DType.I64, ROWS));
    double[] noise = new double[Math.toIntExact(inputs.elements())];
    new Philox(11, 0, 0).fillNormal(noise);
    for (int i = 0; i < noise.length; i++) {
      inputs.set(i, noise[i]);
    }
    for (int row = 0; row < ROWS; row++) {
      labels.set(row, row % CLASSES);
    }
    return List.of(inputs, labels);
  }
}
