package dev.kiln.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Backend;
import dev.kiln.backend.BackendProvider;
import dev.kiln.backend.Precision;
import dev.kiln.check.CaseResult;
import dev.kiln.check.GoldenReport;
import dev.kiln.check.GoldenSuite;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.Graph;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every backend must do. A backend joins with a subclass that names its provider and the
 * reference; nothing is listed by hand.
 *
 * <p>The oracle is the reference backend in double precision, so that the contract says something
 * about the reference backend in single precision as well. Where the machine cannot run the backend
 * the tests are skipped with the reason, unless {@code -Drequire.NAME=true} asks for it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BackendContract {

  private Backend backend;
  private Backend reference;

  /** Returns the provider of the backend under test. */
  protected abstract BackendProvider provider();

  /** Returns the provider of the reference backend. */
  protected abstract BackendProvider reference();

  @BeforeAll
  final void open() {
    BackendProvider provider = provider();
    boolean required = Boolean.getBoolean("require." + provider.name());
    provider
        .unavailableReason()
        .filter(reason -> !required)
        .ifPresent(reason -> Assumptions.abort(provider.name() + " is not available: " + reason));
    backend = provider.open(0);
    reference = reference().open(0);
  }

  @AfterAll
  final void close() {
    if (backend != null) {
      backend.close();
      reference.close();
    }
  }

  @TestFactory
  Stream<DynamicTest> resultsMatchTheReference() {
    return perSample(
        sample -> true,
        sample -> {
          List<Tensor> got = SampleGraph.forward(sample, DType.F32).run(backend);
          new Results(sample.name(), got)
              .areClose(sample.tolerance(), SampleGraph.forward(sample, DType.F64).run(reference));
        });
  }

  @TestFactory
  Stream<DynamicTest> gradientsMatchTheReference() {
    return perSample(
        BackendContract::hasGradient,
        sample -> {
          List<Tensor> got = SampleGraph.backward(sample, DType.F32).run(backend);
          new Results(sample.name(), got)
              .areClose(sample.tolerance(), SampleGraph.backward(sample, DType.F64).run(reference));
        });
  }

  @TestFactory
  Stream<DynamicTest> resultsInLowPrecisionMatchTheReference() {
    return perLowType((lowType, sample) -> lowType.resultsMatch(sample, backend, reference));
  }

  @TestFactory
  Stream<DynamicTest> gradientsInLowPrecisionMatchTheReference() {
    return perLowType((lowType, sample) -> {
      if (hasGradient(sample)) {
        lowType.gradientsMatch(sample, backend, reference);
      }
    });
  }

  @TestFactory
  Stream<DynamicTest> longSumsOfLowTypesAreKeptInLongerOnes() {
    return provider().precisions().stream()
        .filter(Precision::isMixed)
        .map(Precision::operands)
        .flatMap(type ->
            LongSums.all().stream()
                .map(sums ->
                    DynamicTest.dynamicTest(
                        type + " " + sums.sample().name(), () -> sums.areExact(type, backend))));
  }

  private Stream<DynamicTest> perLowType(BiConsumer<LowTypeChecks, Sample> test) {
    return provider().precisions().stream()
        .filter(Precision::isMixed)
        .map(precision -> new LowTypeChecks(precision.operands()))
        .flatMap(low ->
            OpSamples.all().stream()
                .filter(low::applyTo)
                .map(sample ->
                    DynamicTest.dynamicTest(
                        low.type() + " " + sample.name(), () -> test.accept(low, sample))));
  }

  @TestFactory
  Stream<DynamicTest> resultsInTheMemoryOfAnOperandAreTheSame() {
    return perSample(
        OverwritingChecks::applyTo,
        sample -> OverwritingChecks.dyingOperands(sample, backend, reference));
  }

  @TestFactory
  Stream<DynamicTest> resultsInTheMemoryOfAVariableAreTheSame() {
    return perSample(
        OverwritingChecks::applyTo,
        sample -> OverwritingChecks.variables(sample, backend, reference));
  }

  @TestFactory
  Stream<DynamicTest> aGuardThatIsNotFiniteKeepsEveryBit() {
    return perSample(
        OverwritingChecks::isHeld, sample -> OverwritingChecks.guardKeepsBits(sample, backend));
  }

  @TestFactory
  Stream<DynamicTest> aSecondRunGivesTheSameBits() {
    return perSample(
        BackendContract::hasGradient,
        sample -> {
          SampleGraph graph = SampleGraph.backward(sample, DType.F32);
          try (Variables held = new Variables(backend);
              Session session = graph.open(backend, held)) {
            session.run();
            List<Tensor> first = graph.results(session, held);
            session.run();
            new Results(sample.name(), graph.results(session, held)).haveTheBitsOf(first);
          }
          new Results(sample.name(), graph.run(backend)).haveTheBitsOf(graph.run(backend));
        });
  }

  @TestFactory
  Stream<DynamicTest> loweringLeavesTheGraphsEdgesAlone() {
    return perSample(
        BackendContract::hasGradient,
        sample -> {
          Graph graph = SampleGraph.backward(sample, DType.F32).graph();
          Graph lowered = backend.lower(graph);
          assertThat(lowered.inputs()).containsExactlyElementsOf(graph.inputs());
          assertThat(lowered.variables()).containsExactlyElementsOf(graph.variables());
          assertThat(lowered.outputs()).containsExactlyElementsOf(graph.outputs());
          assertThat(lowered.updates()).containsExactlyElementsOf(graph.updates());
          assertThat(lowered.outputs()).allMatch(output -> output.type().isRowMajor());
        });
  }

  /** Shared memory, lowering and updates in place change nothing of what is trained. */
  @Test
  void trainingMatchesTheReferenceNodeByNode() {
    new TrainingChecks(backend).matchNodeByNode(reference);
  }

  @Test
  void trainingIsReproducibleToTheBit() {
    new TrainingChecks(backend).reproduceBits();
  }

  @Test
  void nothingIsAllocatedAfterTheFirstStep() {
    new TrainingChecks(backend).allocateNothingAfterTheFirstStep();
  }

  @Test
  void closingFreesEverything() {
    new TrainingChecks(backend).freeEverythingWhenClosed();
  }

  @Test
  void shippedGoldenCasesPass() throws IOException {
    assertAllPass(GoldenSuite.shipped());
  }

  @Test
  void goldenCasesOfOtherShapesPass(@TempDir Path folder) throws IOException {
    String index = new String(extra("index.txt"), StandardCharsets.UTF_8);
    for (String file : index.lines().toList()) {
      Files.write(folder.resolve(file), extra(file));
    }
    assertAllPass(GoldenSuite.in(folder));
  }

  private void assertAllPass(GoldenSuite cases) {
    GoldenReport report = cases.run(backend);
    assertThat(report.results()).hasSizeGreaterThanOrEqualTo(cases.size());
    assertThat(cases.size()).isPositive();
    assertThat(report.results())
        .filteredOn(result -> result.outcome() != CaseResult.Outcome.PASSED)
        .isEmpty();
  }

  private static byte[] extra(String file) throws IOException {
    try (InputStream content = BackendContract.class.getResourceAsStream("/golden-extra/" + file)) {
      return content.readAllBytes();
    }
  }

  private static boolean hasGradient(Sample sample) {
    return !sample.differentiable().isEmpty() && !sample.isGradient();
  }

  private static Stream<DynamicTest> perSample(Predicate<Sample> which, Consumer<Sample> test) {
    return OpSamples.all().stream()
        .filter(which)
        .map(sample -> DynamicTest.dynamicTest(sample.name(), () -> test.accept(sample)));
  }
}
