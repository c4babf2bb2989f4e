package dev.kiln.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.backend.Backend;
import dev.kiln.backend.BackendProvider;
import dev.kiln.backend.BackendUnavailableException;
import dev.kiln.backend.ComputeOptions;
import dev.kiln.backend.Finding;
import dev.kiln.backend.Precision;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.Graph;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.op.Unary;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.List;
import jcuda.driver.CUdevice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** GPUs, drivers and libraries of different ages: what runs together, and what is said if not. */
class GenerationsTest {

  private static final List<Integer> KNOWN_TO_12_4 =
      List.of(50, 52, 53, 60, 61, 62, 70, 72, 75, 80, 86, 87, 89, 90);
  private static final List<Integer> KNOWN_TO_12_9 =
      List.of(50, 52, 53, 60, 61, 62, 70, 72, 75, 80, 86, 87, 89, 90, 100, 101, 103, 120, 121);
  private static final List<Integer> KNOWN_TO_13_0 =
      List.of(75, 80, 86, 87, 88, 89, 90, 100, 103, 110, 120, 121);

  private BackendProvider provider;

  @BeforeEach
  void load() {
    provider = CudaOnHost.provider();
    assertThat(provider.unavailableReason()).isEmpty();
  }

  @AfterEach
  void restore() {
    CudaOnHost.setCapability(9, 0);
    CudaOnHost.setCudnnVersion(90501);
    CudaOnHost.setDriverVersion(12060);
    assertThat(CudaOnHost.report()).isEmpty();
  }

  @ParameterizedTest(name = "compute capability {1}.{2} with NVRTC {0}: {3}")
  @CsvSource({
    "12.4,  7, 5, sm_75",
    "12.4,  9, 0, sm_90",
    "12.4, 10, 3, compute_90",
    "12.4, 12, 0, compute_90",
    "12.9, 10, 3, sm_103",
    "12.9, 12, 0, sm_120",
    "12.9, 13, 0, compute_121",
    "13.0,  7, 5, sm_75",
  })
  void aGpuGetsItsMachineCodeOrTheNewestPtxBeforeIt(
      String compiler, int major, int minor, String target) {
    assertThat(CompilerTarget.of(device(major, minor), known(compiler))).hasToString(target);
  }

  @Test
  void aGpuOlderThanEverythingTheCompilerKnowsHasNoTarget() {
    assertThatThrownBy(() -> CompilerTarget.of(device(7, 0), KNOWN_TO_13_0))
        .isInstanceOf(CudaException.class)
        .hasMessageContaining("[75, 80, ")
        .hasMessageContaining("compute capability 7.0");
  }

  /** The stand-in for the driver loads machine code for the architecture of the device alone. */
  @ParameterizedTest(name = "compute capability {0}.{1}")
  @CsvSource({"9, 0", "10, 3", "12, 0"})
  void kernelsRunOnAGpuThatIsNewerThanTheCompiler(int major, int minor) {
    CudaOnHost.setCapability(major, minor);
    GraphBuilder builder = new GraphBuilder();
    Value x = builder.input("x", TensorType.of(DType.F32, 3));
    Value y = builder.apply(Unary.SQUARE, x);
    Graph graph = builder.build(y);
    try (Backend backend = provider.open(0);
        Variables held = new Variables(backend);
        Session session = Session.open(backend, graph, held)) {
      session.feed(x, Tensor.of(Shape.of(3), 1f, 2f, 3f));
      session.run();
      assertThat(session.read(y).toDoubleArray()).containsExactly(1, 4, 9);
    }
  }

  @ParameterizedTest(name = "compute capability {0}.{1} with cuDNN {2}: {3} is needed")
  @CsvSource({
    "3, 5, 90501, 5.0, use a newer GPU",
    "6, 1, 91100, 7.5, install CUDA 12 and a cuDNN before 9.11",
    "7, 0, 91300, 7.5, install CUDA 12 and a cuDNN before 9.11",
  })
  void aGpuThatTheLibrariesHaveLeftOutIsRefusedInOneSentence(
      int major, int minor, long cudnn, String needed, String remedy) {
    CudaOnHost.setCapability(major, minor);
    CudaOnHost.setCudnnVersion(cudnn);
    String gpu = "cuda-on-host, compute capability %d.%d".formatted(major, minor);
    assertThatThrownBy(() -> provider.open(0))
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessageContaining(gpu)
        .hasMessageContaining("cuDNN 9.")
        .hasMessageContaining("need compute capability " + needed)
        .hasMessageContaining(remedy);
    assertThat(provider.examine())
        .filteredOn(finding -> finding.state() == Finding.State.MISSING)
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.subject()).isEqualTo("GPU 0");
          assertThat(finding.detail()).contains(gpu);
          assertThat(finding.remedy()).contains("-Pcuda-libraries");
        });
  }

  @Test
  void aGpuThatTheLibrariesStillKnowRuns() {
    CudaOnHost.setCapability(7, 0);
    CudaOnHost.setCudnnVersion(91002);
    try (Backend backend = provider.open(0)) {
      assertThat(backend.description()).contains("compute capability 7.0");
    }
  }

  @Test
  void aDriverOlderThanTheLibrariesIsNamedWithThem() {
    CudaOnHost.setDriverVersion(11080);
    assertThat(provider.unavailableReason())
        .hasValueSatisfying(reason ->
            assertThat(reason)
                .contains("the NVIDIA driver is for CUDA 11.8")
                .contains("cuDNN 9.5.1 need one for CUDA 12.0, which is 525 or newer"));
    assertThat(provider.examine())
        .anySatisfy(finding -> {
          assertThat(finding.state()).isEqualTo(Finding.State.MISSING);
          assertThat(finding.subject()).isEqualTo("driver");
          assertThat(finding.detail()).contains("CUDA 11.8");
        });
  }

  @ParameterizedTest(name = "{0} on compute capability {1}.{2}")
  @CsvSource({
    "TF32, 7, 5, 8.0, 'float32, fp16'",
    "BF16, 7, 5, 8.0, 'float32, fp16'",
    "FP16, 5, 2, 5.3, float32",
  })
  void aPrecisionThatTheGpuLacksIsRefusedWithThoseItHas(
      Precision precision, int major, int minor, String needed, String others) {
    CudaOnHost.setCapability(major, minor);
    assertThatThrownBy(() -> provider.open(0, ComputeOptions.DEFAULT.with(precision)))
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessageContaining(precision + " needs a GPU of compute capability " + needed)
        .hasMessageContaining("compute capability %d.%d".formatted(major, minor))
        .hasMessageEndingWith("it computes in " + others);
  }

  @ParameterizedTest(name = "{0} on compute capability {1}.{2}")
  @CsvSource({"TF32, 8, 0", "BF16, 8, 0", "FP16, 5, 3", "FLOAT32, 5, 0"})
  void aPrecisionThatTheGpuHasIsTaken(Precision precision, int major, int minor) {
    CudaOnHost.setCapability(major, minor);
    try (Backend backend = provider.open(0, ComputeOptions.DEFAULT.with(precision))) {
      assertThat(backend.precision()).isEqualTo(precision);
    }
  }

  private static CudaDevice device(int major, int minor) {
    return new CudaDevice(0, new CUdevice(), "a GPU", major, minor, 1L << 30, 1);
  }

  private static List<Integer> known(String compiler) {
    return switch (compiler) {
      case "12.4" -> KNOWN_TO_12_4;
      case "12.9" -> KNOWN_TO_12_9;
      default -> KNOWN_TO_13_0;
    };
  }
}
