package dev.kiln.cpu.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.backend.Backend;
import dev.kiln.check.CaseResult;
import dev.kiln.check.CaseResult.Outcome;
import dev.kiln.check.Deviation;
import dev.kiln.check.GoldenReport;
import dev.kiln.check.GoldenSuite;
import dev.kiln.cpu.reference.ReferenceProvider;
import dev.kiln.safetensors.SafetensorsFile;
import dev.kiln.safetensors.SafetensorsWriter;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runner of golden cases must notice everything that is wrong. */
class GoldenSuiteTest {

  @TempDir private Path folder;

  @Test
  void aRightCasePasses() throws IOException {
    square().write(folder, "square.0");
    CaseResult result = runOnly();
    assertThat(result.outcome()).isEqualTo(Outcome.PASSED);
    assertThat(result.deviations())
        .extracting(Deviation::tensor)
        .containsExactlyInAnyOrder("out.y", "grad.x");
  }

  @Test
  void aWrongResultFails() throws IOException {
    square().tensor("out.y", floats(1, 4.001f, 9)).write(folder, "square.0");
    assertFailed("out.y[1] is 4.0, not 4.00");
  }

  @Test
  void aWrongGradientFails() throws IOException {
    square().tensor("grad.x", floats(2, 4, -6)).write(folder, "square.0");
    assertFailed("grad.x[2] is 6.0, not -6.0");
  }

  @Test
  void aResultThatIsNotANumberFails() throws IOException {
    square().tensor("in.x", floats(1, Float.NaN, 3)).write(folder, "square.0");
    assertFailed("out.y[1] is NaN, not 4.0");
  }

  @Test
  void aResultOfAnotherShapeFails() throws IOException {
    square().tensor("out.y", floats(1, 4, 9).reshape(3, 1)).write(folder, "square.0");
    assertFailed("out.y has the shape [3], but [3, 1] is expected");
  }

  @Test
  void anExpectationThatNothingComputesFails() throws IOException {
    square().tensor("out.z", floats(1)).write(folder, "square.0");
    assertFailed("out.z is expected, but square has no such result");
  }

  @Test
  void aCaseWithoutExpectationsFails() throws IOException {
    square().without("out.y").without("grad.x").write(folder, "square.0");
    assertFailed("no expected result");
  }

  @Test
  void aGradientWithoutAnUpstreamGradientFails() throws IOException {
    square().without("up.y").write(folder, "square.0");
    assertFailed("no upstream gradient");
  }

  @Test
  void anUpstreamGradientOfAnotherShapeFails() throws IOException {
    square().tensor("up.y", floats(1)).write(folder, "square.0");
    assertFailed("up.y is F32[1], but that result is");
  }

  @Test
  void aMissingInputFails() throws IOException {
    square().without("in.x").write(folder, "square.0");
    assertFailed("the input in.x is missing");
  }

  @Test
  void anInputThatNothingUsesFails() throws IOException {
    square().tensor("in.slope", floats(1)).write(folder, "square.0");
    assertFailed("the input in.slope is not understood");
  }

  @Test
  void anAttributeThatNothingUsesFails() throws IOException {
    square().with("attrs", "{\"negative_slope\": 0.2}").write(folder, "square.0");
    assertFailed("the attribute 'negative_slope' is not understood");
  }

  @Test
  void aTensorOfNoKnownRoleFails() throws IOException {
    square().tensor("output.y", floats(1)).write(folder, "square.0");
    assertFailed("'output.y' is none of");
  }

  @Test
  void attributesThatAreNoObjectFail() throws IOException {
    square().with("attrs", "[1, 2]").write(folder, "square.0");
    assertFailed("attrs must be a JSON object");
  }

  @Test
  void attributesThatAreNoJsonFail() throws IOException {
    square().with("attrs", "{\"axis\"").write(folder, "square.0");
    assertThat(runOnly().outcome()).isEqualTo(Outcome.FAILED);
  }

  @Test
  void attributesOfTheWrongKindFail() throws IOException {
    CaseWriter.of("softmax")
        .with("attrs", "{\"axis\": \"last\"}")
        .tensor("in.x", floats(1, 2))
        .tensor("out.y", floats(0, 1))
        .write(folder, "softmax.0");
    assertFailed("the attribute 'axis' must be a whole number, but is \"last\"");
  }

  @Test
  void missingMetadataFails() throws IOException {
    square().without("rtol").write(folder, "square.0");
    assertFailed("no 'rtol'");
  }

  @Test
  void aToleranceThatAllowsEverythingFails() throws IOException {
    square().with("rtol", "Infinity").write(folder, "square.0");
    assertFailed("a tolerance must be finite");
  }

  @Test
  void shapesThatDoNotFitFailWithTheRule() throws IOException {
    CaseWriter.of("matmul")
        .tensor("in.a", floats(1, 2).reshape(1, 2))
        .tensor("in.b", floats(1, 2, 3).reshape(3, 1))
        .tensor("out.y", floats(1).reshape(1, 1))
        .write(folder, "matmul.0");
    assertFailed("the inner dimensions must agree: 2 of a against 3 of b");
  }

  @Test
  void aTruncatedFileFails() throws IOException {
    square().write(folder, "square.0");
    Path file = folder.resolve("square.0.safetensors");
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 4));
    assertFailed("truncated or damaged");
  }

  @Test
  void anEmptyFileFails() throws IOException {
    Files.write(folder.resolve("nothing.safetensors"), new byte[0]);
    assertFailed("has 0 bytes");
  }

  @Test
  void damagedMetricsFail() throws IOException {
    Files.writeString(folder.resolve("metrics.json"), "{");
    assertThat(runOnly().outcome()).isEqualTo(Outcome.FAILED);
  }

  @Test
  void wrongMetricsFail() throws IOException {
    Files.writeString(
        folder.resolve("metrics.json"),
        """
        [{"kind": "binary", "name": "wrong", "threshold": 0.5, "target": [1, 0],
          "score": [0.9, 0.1], "expected": {"accuracy": 0.5, "precision": 1.0}}]
        """);
    CaseResult result = runOnly();
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.message()).contains("accuracy").doesNotContain("precision");
  }

  @Test
  void unknownThingsAreSkippedAndNamed() throws IOException {
    square().with("op", "sinh").write(folder, "a");
    CaseWriter.of("optimizer")
        .with("attrs", "{\"name\": \"lion\", \"lr\": 0.1}")
        .tensor("out.params", floats(1))
        .write(folder, "b");
    CaseWriter.of("lr_schedule")
        .with("attrs", "{\"name\": \"sawtooth\", \"base_lr\": 0.1}")
        .tensor("out.lr", floats(1))
        .write(folder, "c");
    CaseWriter.of("trace")
        .with("attrs", "{\"model\": \"attention(3)\", \"optimizer\": \"sgd\", \"steps\": 1}")
        .tensor("in.x", floats(1))
        .tensor("in.target", Tensor.of(Shape.of(1), 0L))
        .tensor("in.0.weight", floats(1))
        .tensor("out.losses", floats(1))
        .write(folder, "d");
    GoldenReport report = run();
    assertThat(report.passed()).isTrue();
    assertThat(report.lines())
        .contains(
            "skipped a: the operation 'sinh' is not known",
            "skipped b: the optimizer 'lion' is not known",
            "skipped c: the schedule 'sawtooth' is not known",
            "skipped d: the model's layer 'attention' is not known")
        .endsWith("0 passed, 0 failed, 4 skipped");
  }

  @Test
  void theReportCountsAndExplains() throws IOException {
    square().write(folder, "square.0");
    square().tensor("out.y", floats(1, 4, 8)).write(folder, "square.1");
    GoldenReport report = run();
    assertThat(report.passed()).isFalse();
    assertThat(report.lines().getFirst())
        .startsWith("square")
        .contains("FAILED", "2 cases", "largest error 1.00e+00 of 8.10e-04 allowed, in out.y");
    assertThat(report.lines())
        .anySatisfy(line -> assertThat(line).startsWith("FAILED  square.1: out.y[2] is 9.0"))
        .endsWith("1 passed, 1 failed, 0 skipped");
  }

  @Test
  void aFolderMustHoldCases() {
    assertThatThrownBy(() -> GoldenSuite.in(folder.resolve("missing")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not a folder");
    assertThatThrownBy(() -> GoldenSuite.in(folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("holds no golden cases");
  }

  /** Every expected tensor of every case that ships with Kiln is compared: none is decoration. */
  @Test
  void everyExpectationCounts() throws IOException {
    for (String file : shippedFiles()) {
      spoil(file);
    }
    GoldenReport report = run();
    assertThat(report.results()).hasSize(shippedFiles().size());
    assertThat(report.results())
        .allSatisfy(result -> {
          assertThat(result.outcome()).as(result.name()).isEqualTo(Outcome.FAILED);
          assertThat(result.deviations()).as(result.name()).isNotEmpty();
          assertThat(result.deviations()).as(result.name()).noneMatch(Deviation::passes);
        });
  }

  /** Writes a shipped case with one element of every expected tensor off by ten tolerances. */
  private void spoil(String file) throws IOException {
    try (SafetensorsFile shipped = SafetensorsFile.of(file, resource(file))) {
      Map<String, Tensor> tensors = shipped.readAll();
      double relative = Double.parseDouble(shipped.metadata().get("rtol"));
      double absolute = Double.parseDouble(shipped.metadata().get("atol"));
      tensors.forEach((name, tensor) -> {
        if (name.startsWith("out.") || name.startsWith("grad.")) {
          long last = tensor.elements() - 1;
          double want = tensor.get(last);
          tensor.set(last, want + 10 * (absolute + relative * Math.abs(want)));
        }
      });
      SafetensorsWriter.write(folder.resolve(file), tensors, shipped.metadata());
    }
  }

  private static List<String> shippedFiles() throws IOException {
    return new String(resource("index.txt"), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.endsWith(".safetensors"))
        .toList();
  }

  private static byte[] resource(String file) throws IOException {
    try (InputStream content = GoldenSuite.class.getResourceAsStream("/golden/" + file)) {
      return content.readAllBytes();
    }
  }

  private static CaseWriter square() {
    return CaseWriter.of("square")
        .tensor("in.x", floats(1, 2, 3))
        .tensor("out.y", floats(1, 4, 9))
        .tensor("up.y", floats(1, 1, 1))
        .tensor("grad.x", floats(2, 4, 6));
  }

  private static Tensor floats(float... values) {
    return Tensor.of(Shape.of(values.length), values);
  }

  private GoldenReport run() throws IOException {
    try (Backend backend = new ReferenceProvider().open(0)) {
      return GoldenSuite.in(folder).run(backend);
    }
  }

  private CaseResult runOnly() throws IOException {
    GoldenReport report = run();
    assertThat(report.results()).hasSize(1);
    return report.results().getFirst();
  }

  private void assertFailed(String message) throws IOException {
    CaseResult result = runOnly();
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.message()).contains(message);
  }
}
