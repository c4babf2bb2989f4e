package dev.kiln.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Backend;
import dev.kiln.backend.ComputeOptions;
import dev.kiln.backend.Precision;
import dev.kiln.cuda.CudaOnHost;
import dev.kiln.data.Dataset;
import dev.kiln.data.TensorDataset;
import dev.kiln.nn.Activation;
import dev.kiln.nn.BatchNorm;
import dev.kiln.nn.Conv2d;
import dev.kiln.nn.Dropout;
import dev.kiln.nn.Flatten;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Models;
import dev.kiln.nn.Sequential;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A training that was interrupted and resumed on the CUDA backend, on the stand-ins for NVIDIA's
 * libraries, goes on with the bits of one that never was: with fresh plans, recorded anew, and in
 * fp16 in the midst of updates that are skipped.
 */
class ResumptionOnHostIsolatedTest {

  private static final int SAMPLES = 96;
  private static final int CLASSES = 3;

  /** So large that the first updates overflow, and are skipped, until it has been halved often. */
  private static final float SCALE = 0x1p31f;

  @TempDir private Path folder;

  @AfterEach
  void noRuleOfCudaWasBroken() {
    assertThat(CudaOnHost.report()).isEmpty();
  }

  private static Dataset images() {
    Tensor images = Tensor.allocate(TensorType.of(DType.F32, SAMPLES, 2, 6, 6));
    Tensor labels = Tensor.allocate(TensorType.of(DType.I64, SAMPLES));
    double[] noise = new double[Math.toIntExact(images.elements())];
    new Philox(4, 0, 0).fillNormal(noise);
    for (int i = 0; i < noise.length; i++) {
      images.set(i, noise[i]);
    }
    for (int i = 0; i < SAMPLES; i++) {
      labels.set(i, i % CLASSES);
    }
    return TensorDataset.ofClasses(images, labels, List.of("a", "b", "c"));
  }

  private static TrainerBuilder training(Backend backend) {
    return Trainer.of(
            backend,
            Models.classifier(
                Sequential.of(
                    Conv2d.of(8, 3),
                    BatchNorm.of(),
                    Activation.RELU,
                    new Flatten(),
                    Dropout.of(0.2),
                    Linear.of(CLASSES))),
            images())
        .optimizer(Optimizer.adam(0.01))
        .batchSize(8)
        .epochs(2)
        .seed(5);
  }

  private static void overflowAtFirst(Trainer trainer, Precision precision) {
    if (precision == Precision.FP16) {
      trainer.learner().variables().write(LossScaling.SCALE, Tensor.of(Shape.SCALAR, SCALE));
    }
  }

  private static long skipped(Trainer trainer) {
    return trainer.learner().scaledGradients().map(ScaledGradients::skippedUpdates).orElse(0L);
  }

  /** Parameters, statistics, optimizer, loss scale and its counts, as they lie in memory. */
  private static Map<String, String> bits(Trainer trainer) {
    Map<String, String> bits = new LinkedHashMap<>();
    for (String name : trainer.learner().variables().names()) {
      byte[] bytes = trainer.learner().variables().read(name).data().toArray(ValueLayout.JAVA_BYTE);
      bits.put(name, HexFormat.of().formatHex(bytes));
    }
    return bits;
  }

  private static Map<Long, Map<String, Double>> metrics(List<EpochReport> history) {
    return history.stream().collect(Collectors.toMap(EpochReport::epoch, EpochReport::training));
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32, 5", "TF32, 5", "BF16, 12", "FP16, 2", "FP16, 5", "FP16, 12", "FP16, 20"})
  void goesOnWithTheBitsOfATrainingThatWasNeverInterrupted(Precision precision, int batches)
      throws IOException {
    Path file = folder.resolve("last.safetensors");
    try (Backend backend = CudaOnHost.provider().open(0, ComputeOptions.DEFAULT.with(precision));
        Trainer straight = training(backend).build();
        Trainer stopped = training(backend).listener(stopAfter(batches)).build();
        Trainer resumed = training(backend).build()) {
      overflowAtFirst(straight, precision);
      overflowAtFirst(stopped, precision);
      List<EpochReport> whole = straight.fit();
      stopped.fit();
      stopped.save(file, "noise");
      assertThat(stopped.learner().batches()).isEqualTo(batches);
      resumed.resume(file);
      List<EpochReport> rest = resumed.fit();

      assertThat(bits(resumed)).isEqualTo(bits(straight)).isNotEqualTo(bits(stopped));
      assertThat(metrics(whole)).containsAllEntriesOf(metrics(rest));
      assertThat(resumed.learner().scaledGradients())
          .isEqualTo(straight.learner().scaledGradients());
      if (precision == Precision.FP16) {
        assertThat(skipped(stopped)).isPositive();
        assertThat(skipped(straight)).isBetween(7L, 20L);
      }
    }
  }

  private static TrainingListener stopAfter(int batches) {
    return new TrainingListener() {
      @Override
      public void onBatch(Trainer trainer, BatchReport report) {
        if (trainer.learner().batches() == batches) {
          trainer.requestStop();
        }
      }
    };
  }
}
