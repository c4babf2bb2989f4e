package dev.kiln.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.backend.Backend;
import dev.kiln.backend.BackendProvider;
import dev.kiln.backend.BackendUnavailableException;
import dev.kiln.backend.ComputeOptions;
import dev.kiln.backend.Finding;
import dev.kiln.backend.Memory;
import dev.kiln.backend.OutOfMemoryException;
import dev.kiln.backend.Recording;
import dev.kiln.cuda.CompilerTarget.Form;
import dev.kiln.nn.Conv2d;
import dev.kiln.nn.Flatten;
import dev.kiln.nn.Linear;
import dev.kiln.nn.MaxPool2d;
import dev.kiln.nn.Models;
import dev.kiln.nn.Network;
import dev.kiln.nn.Sequential;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import dev.kiln.train.Learner;
import dev.kiln.train.Optimizer;
import dev.kiln.train.PlanTooLargeException;
import dev.kiln.train.Settings;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What goes wrong is told in full, and leaves nothing behind. */
class FailuresTest {

  @AfterEach
  void nothingIsLeft() {
    assertThat(CudaOnHost.report().lines().filter(line -> line.contains("not freed"))).isEmpty();
    CudaOnHost.reset();
  }

  @Test
  void tooMuchMemoryNamesWhatWasAskedForAndWhatWasFree() {
    BackendProvider provider = CudaOnHost.provider();
    try (Backend backend = provider.open(0)) {
      CudaOnHost.resetWithMemory(100L << 20);
      assertThatThrownBy(() -> backend.allocate(200L << 20))
          .isInstanceOf(OutOfMemoryException.class)
          .hasMessageContaining("cuda-on-host")
          .hasMessageContaining("209,715,200 bytes");
    }
  }

  @Test
  void aBatchThatIsTooLargeNamesTheLargestThatFits() {
    BackendProvider provider = CudaOnHost.provider();
    try (Backend backend = provider.open(0)) {
      CudaOnHost.resetWithMemory(64L << 20);
      List<TensorType> sample =
          List.of(TensorType.of(DType.F32, 1, 28, 28), TensorType.of(DType.I64, Shape.SCALAR));
      Network network =
          Network.of(
              Models.classifier(
                  Sequential.of(Conv2d.of(20, 5), MaxPool2d.of(2), new Flatten(), Linear.of(10))),
              DType.F32,
              List.of(TensorType.of(DType.F32, 2, 1, 28, 28), TensorType.of(DType.I64, 2)));
      try (Learner learner =
          new Learner(backend, network, sample, Settings.of(Optimizer.sgd(0.1)))) {
        assertThatThrownBy(() -> learner.prepare(4096))
            .isInstanceOfSatisfying(
                PlanTooLargeException.class,
                tooLarge -> {
                  assertThat(tooLarge)
                      .hasMessageContaining("a batch of 4096 does not fit: the plan needs ");
                  assertThat(tooLarge.largestBatch()).isBetween(1, 4095);
                  learner.prepare(tooLarge.largestBatch());
                });
      }
    }
  }

  @Test
  void allocatingWhileASequenceIsRecordedIsRefusedByName() {
    try (Backend backend = CudaOnHost.provider().open(0);
        Recording recording =
            backend.capture(
                List.of(() -> {
                  try (Memory memory = backend.allocate(64)) {
                    assertThat(memory.buffer().bytes()).isEqualTo(64);
                  }
                }))) {
      recording.run();
      assertThatThrownBy(recording::run)
          .isInstanceOf(CudaException.class)
          .hasMessageContaining("cuMemAlloc")
          .hasMessageContaining("CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED");
      assertThat(CudaOnHost.report()).contains("cuMemAlloc while a stream is captured");
    }
  }

  @Test
  void aKernelThatDoesNotCompileShowsTheCompilersMessage() {
    CudaOnHost.provider().unavailableReason();
    KernelSource broken = new KernelSource("broken", "KERNEL nonsense", List.of());
    assertThatThrownBy(() -> Nvrtc.compile(broken, new CompilerTarget(Form.MACHINE_CODE, 90)))
        .isInstanceOf(CudaException.class)
        .hasMessageContaining("broken.cu for sm_90")
        .hasMessageContaining("NVRTC_ERROR_COMPILATION")
        .hasMessageContaining("error");
  }

  @Test
  void aFunctionThatIsMissingIsNamed() {
    BackendProvider provider = CudaOnHost.provider();
    assertThat(provider.unavailableReason()).isEmpty();
    try (CudaEngine engine = CudaEngine.open(Driver.devices().getFirst(), ComputeOptions.DEFAULT)) {
      assertThatThrownBy(() -> engine.kernels().function("unary", "unary_nothing", DType.F32))
          .isInstanceOf(CudaException.class)
          .hasMessageContaining("unary_nothing")
          .hasMessageContaining("CUDA_ERROR_NOT_FOUND");
    }
  }

  @Test
  void aDeviceThatDoesNotExistIsRefused() {
    BackendProvider provider = CudaOnHost.provider();
    assertThatThrownBy(() -> provider.open(3))
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessageContaining("3 was asked for");
  }

  @Test
  void theExaminationFindsEverythingAndTellsWhere() {
    assertThat(CudaOnHost.provider().examine())
        .allMatch(finding -> finding.state() == Finding.State.PRESENT)
        .anyMatch(finding -> finding.detail().endsWith("cuda-on-host/libcudnn.so.9"))
        .anyMatch(finding -> finding.detail().contains("compute capability 9.0"));
  }
}
