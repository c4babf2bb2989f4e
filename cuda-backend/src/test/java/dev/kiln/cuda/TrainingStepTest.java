package dev.kiln.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Backend;
import dev.kiln.nn.Activation;
import dev.kiln.nn.BatchNorm;
import dev.kiln.nn.Conv2d;
import dev.kiln.nn.Dropout;
import dev.kiln.nn.Flatten;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Models;
import dev.kiln.nn.Network;
import dev.kiln.nn.Sequential;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import dev.kiln.train.Clip;
import dev.kiln.train.Learner;
import dev.kiln.train.Optimizer;
import dev.kiln.train.Settings;
import dev.kiln.train.Submission;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a training step asks of the driver once it has been recorded. */
class TrainingStepTest {

  private static final int BATCH = 4;
  private static final int WARM_UP = 8;
  private static final int STEPS = 60;
  private static final Shape IMAGE = Shape.of(1, 6, 6);

  /** What waits for the device, allocates, or starts kernels one by one. */
  private static final List<String> UNWANTED =
      List.of(
          "cuStreamSynchronize",
          "cuEventSynchronize",
          "cuMemAlloc_v2",
          "cuMemAllocHost_v2",
          "cuLaunchKernel",
          "cuEventCreate",
          "cuStreamBeginCapture_v2",
          "cuGraphInstantiateWithFlags");

  @AfterEach
  void nothingIsLeftAndNoRuleOfCudaWasBroken() {
    assertThat(CudaOnHost.report()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void isOneGraphAndWaitsForNothing(int accumulate) {
    try (Backend backend = CudaOnHost.provider().open(0);
        Learner learner = learner(backend, accumulate)) {
      Submission before = learner.submit(batch(0));
      for (int step = 1; step < WARM_UP; step++) {
        Submission next = learner.submit(batch(step));
        before.loss();
        before = next;
      }
      Map<String, Long> unwanted = calls();
      long updates = learner.updates();
      long graphs = CudaOnHost.calls("cuGraphLaunch");
      for (int step = WARM_UP; step < WARM_UP + STEPS; step++) {
        List<Tensor> batch = batch(step);
        long done = CudaOnHost.workDone();
        Submission next = learner.submit(batch);
        // The stand-in runs something only when somebody waits for it.
        assertThat(CudaOnHost.workDone()).as("work that a submission waited for").isEqualTo(done);
        assertThat(next.isDone()).isFalse();
        assertThat(before.loss()).isFinite();
        before = next;
      }
      assertThat(calls()).isEqualTo(unwanted);
      long applied = accumulate == 1 ? 0 : learner.updates() - updates;
      assertThat(CudaOnHost.calls("cuGraphLaunch") - graphs).isEqualTo(STEPS + applied);
    }
  }

  private static Map<String, Long> calls() {
    return UNWANTED.stream().collect(Collectors.toMap(Function.identity(), CudaOnHost::calls));
  }

  private static Learner learner(Backend backend, int accumulate) {
    List<TensorType> sample =
        List.of(TensorType.of(DType.F32, IMAGE), TensorType.of(DType.I64, Shape.SCALAR));
    Network network =
        Network.of(
            Models.classifier(
                Sequential.of(
                    Conv2d.of(3, 3),
                    BatchNorm.of(),
                    Activation.RELU,
                    new Flatten(),
                    Dropout.of(0.25),
                    Linear.of(2))),
            DType.F32,
            batch(0).stream().map(Tensor::type).toList());
    Settings settings =
        Settings.of(Optimizer.adam(0.01)).withClip(new Clip.ByNorm(1)).withAccumulate(accumulate);
    return new Learner(backend, network, sample, settings);
  }

  private static List<Tensor> batch(int number) {
    Tensor images = Tensor.allocate(TensorType.of(DType.F32, BATCH, 1, 6, 6));
    double[] values = new double[Math.toIntExact(images.elements())];
    new Philox(number, 0, 0).fillNormal(values);
    for (int i = 0; i < values.length; i++) {
      images.set(i, values[i]);
    }
    Tensor labels = Tensor.allocate(TensorType.of(DType.I64, BATCH));
    Stream.of(1, 3).forEach(row -> labels.set(row, 1));
    return List.of(images, labels);
  }
}
