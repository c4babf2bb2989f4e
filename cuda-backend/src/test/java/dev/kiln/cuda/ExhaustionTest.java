package dev.kiln.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.backend.Backend;
import dev.kiln.backend.OutOfMemoryException;
import dev.kiln.nn.Conv2d;
import dev.kiln.nn.Flatten;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Models;
import dev.kiln.nn.Sequential;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import dev.kiln.train.Learner;
import dev.kiln.train.Optimizer;
import dev.kiln.train.PlanTooLargeException;
import dev.kiln.train.Settings;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Wherever the memory of the GPU or the host runs out, it is told what was asked for, what was
 * free, and what batch to take instead; and nothing is left behind.
 */
class ExhaustionTest {

  private static final int ROWS = 32;
  private static final TensorType IMAGE = TensorType.of(DType.F32, 1, 6, 6);
  private static final TensorType LABEL = TensorType.of(DType.I64, Shape.SCALAR);

  @BeforeEach
  void load() {
    assertThat(CudaOnHost.provider().unavailableReason()).isEmpty();
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(CudaOnHost.report()).isEmpty();
    CudaOnHost.reset();
  }

  @ParameterizedTest(name = "{0} returns {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "cuMemAlloc_v2     |    2 | memory on cuda-on-host needs 33,554,432 bytes, but only 4,",
        "cuMemAllocHost_v2 |    2 | page-locked memory of the host needs 8,388,608 bytes, but only"
            + " ",
        "cuStreamCreate    |    2 | cuStreamCreate needs more memory than there is: 4,",
        "cublasCreate_v2   |    3 | cublasCreate needs more memory than there is: 4,",
        "cudnnCreate       | 4004 | cudnnCreate needs more memory than there is: 4,",
        "cudnnCreate       | 4003 | cudnnCreate on the host needs more memory than there is: ",
      })
  void whileTheBackendIsOpened(String call, int status, String message) {
    CudaOnHost.fail(call, status);
    assertThatThrownBy(() -> CudaOnHost.provider().open(0))
        .isInstanceOf(OutOfMemoryException.class)
        .hasMessageStartingWith(message)
        .hasMessageEndingWith("are available");
  }

  /** These libraries, and the driver, do not say that it was the memory, or how much there was. */
  @ParameterizedTest(name = "{0} returns {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "cuDevicePrimaryCtxRetain |    2 | has too little memory left to be opened; nvidia-smi"
            + " shows",
        "cublasCreate_v2          |    1 | cublasCreate with 4,261,412,864 bytes of the GPU's"
            + " memory free",
        "cudnnCreate              | 1001 | cudnnCreate with 4,261,412,864 bytes of the GPU's memory"
            + " free",
      })
  void whileALibraryStarts(String call, int status, String message) {
    CudaOnHost.fail(call, status);
    assertThatThrownBy(() -> CudaOnHost.provider().open(0))
        .isInstanceOf(CudaException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest(name = "{0} returns {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "cuModuleLoadData            |    2 | cuModuleLoadData of ",
        "cuMemAlloc_v2               |    2 | memory on cuda-on-host needs ",
        "cudnnCreateTensorDescriptor | 4003 | cudnnCreateTensorDescriptor on the host needs more"
            + " memory",
      })
  void whileAPlanIsMade(String call, int status, String message) {
    try (Backend backend = CudaOnHost.provider().open(0);
        Learner learner = learner(backend)) {
      CudaOnHost.fail(call, status);
      assertThatThrownBy(() -> learner.prepare(ROWS))
          .isInstanceOfSatisfying(
              PlanTooLargeException.class,
              tooLarge -> assertThat(tooLarge.largestBatch()).isEqualTo(ROWS - 1))
          .hasMessageStartingWith("a batch of 32 does not fit: ")
          .hasMessageContaining(message)
          .hasMessageContaining("are available; the largest batch that fits is 31");
    }
  }

  /** A sixteenth of the plan's memory less is a sixteenth of the batch less. */
  @ParameterizedTest(name = "{0} returns {1} in step {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "cublasGemmStridedBatchedEx  |    3 | 1 | cublasGemmStridedBatchedEx needs more memory",
        "cudnnConvolutionForward     | 4004 | 1 | cudnnConvolutionForward needs more memory",
        "cublasGemmStridedBatchedEx  |    3 | 2 | cublasGemmStridedBatchedEx needs more memory",
        "cuGraphInstantiateWithFlags |    2 | 2 | cuGraphInstantiate of ",
        "cuGraphLaunch               |    2 | 3 | cuGraphLaunch needs more memory",
      })
  void whileAStepRuns(String call, int status, int step, String message) {
    try (Backend backend = CudaOnHost.provider().open(0);
        Learner learner = learner(backend)) {
      for (int i = 1; i < step; i++) {
        learner.train(batch(ROWS));
      }
      CudaOnHost.fail(call, status);
      assertThatThrownBy(() -> learner.train(batch(ROWS)))
          .isInstanceOfSatisfying(
              PlanTooLargeException.class,
              tooLarge -> {
                assertThat(tooLarge.largestBatch()).isBetween(ROWS - 4, ROWS - 1);
                learner.train(batch(tooLarge.largestBatch()));
              })
          .hasMessageStartingWith("a batch of 32 does not fit: ")
          .hasMessageContaining(message)
          .hasMessageContaining("its plan fitted, but left too little; that of a batch of ");
      assertThat(learner.train(batch(ROWS))).isFinite();
    }
  }

  private static Learner learner(Backend backend) {
    return Learner.of(
        backend,
        Models.classifier(Sequential.of(Conv2d.of(4, 3), new Flatten(), Linear.of(3))),
        Settings.of(Optimizer.sgd(0.1)),
        IMAGE,
        LABEL);
  }

  private static List<Tensor> batch(int rows) {
    return List.of(Tensor.allocate(IMAGE.stacked(rows)), Tensor.allocate(LABEL.stacked(rows)));
  }
}
