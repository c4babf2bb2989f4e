package dev.kiln.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.kiln.backend.Backend;
import dev.kiln.backend.BackendProvider;
import dev.kiln.backend.Precision;
import dev.kiln.check.CaseResult;
import dev.kiln.check.Deviation;
import dev.kiln.check.GoldenReport;
import dev.kiln.check.GoldenSuite;
import dev.kiln.check.Tolerance;
import dev.kiln.exec.Plan;
import dev.kiln.exec.Planner;
import dev.kiln.exec.Session;
import dev.kiln.exec.Step;
import dev.kiln.exec.Variables;
import dev.kiln.graph.Graph;
import dev.kiln.graph.Update;
import dev.kiln.op.OpSpec;
import dev.kiln.op.OptimizerRule.Adam;
import dev.kiln.op.OptimizerRule.Sgd;
import dev.kiln.op.OptimizerStep;
import dev.kiln.op.Recurrent;
import dev.kiln.op.RecurrentCell;
import dev.kiln.op.Value;
import dev.kiln.op.WhereFinite;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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

  private static final int STEPS = 100;

  private static final int MOST_ROUNDS = 30;

  /** Bytes the Java heap may grow by in {@link #STEPS} steps: less than one object a step. */
  private static final long UNNOTICED = 8L * STEPS;

  private static final Tolerance TRAINED = new Tolerance(1e-3, 1e-4);

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
          assertClose(sample, got, SampleGraph.forward(sample, DType.F64).run(reference));
        });
  }

  @TestFactory
  Stream<DynamicTest> gradientsMatchTheReference() {
    return perSample(
        BackendContract::hasGradient,
        sample -> {
          List<Tensor> got = SampleGraph.backward(sample, DType.F32).run(backend);
          assertClose(sample, got, SampleGraph.backward(sample, DType.F64).run(reference));
        });
  }

  /** Both round the same operands and what they compute of them, though not always alike. */
  @TestFactory
  Stream<DynamicTest> resultsInLowPrecisionMatchTheReference() {
    return perLowType((sample, low) ->
        assertCloseInLow(
            sample,
            low,
            SampleGraph.forward(sample, low).run(backend),
            SampleGraph.forward(sample, low).run(reference)));
  }

  @TestFactory
  Stream<DynamicTest> gradientsInLowPrecisionMatchTheReference() {
    return perLowType((sample, low) -> {
      if (hasGradient(sample)) {
        assertCloseInLow(
            sample,
            low,
            SampleGraph.backward(sample, low).run(backend),
            SampleGraph.backward(sample, low).run(reference));
      }
    });
  }

  private static void assertCloseInLow(
      Sample sample, DType low, List<Tensor> got, List<Tensor> want) {
    if (sample.spec() instanceof Recurrent recurrent) {
      boolean rectified = recurrent.cell() == RecurrentCell.RNN_RELU;
      assertCloseInNorm(sample, rectified ? 0.125 : 16 * unit(low), got, want);
    } else {
      assertClose(sample, tolerance(sample, low), got, want);
    }
  }

  /**
   * Compares whole tensors: a state rounded otherwise can change which way a rectifier goes in all
   * steps after it, so that single elements say little.
   */
  private static void assertCloseInNorm(
      Sample sample, double relative, List<Tensor> got, List<Tensor> want) {
    assertThat(got).hasSameSizeAs(want);
    for (int i = 0; i < got.size(); i++) {
      if (want.get(i).type().dtype() != DType.OPAQUE) {
        double[] expected = want.get(i).toDoubleArray();
        double[] difference = got.get(i).toDoubleArray();
        for (int k = 0; k < expected.length; k++) {
          if (Double.isNaN(expected[k]) && Double.isNaN(difference[k])) {
            expected[k] = 0; // the sequence has no valid length
            difference[k] = 0;
          } else {
            difference[k] -= expected[k];
          }
        }
        assertThat(norm(difference))
            .as("%s, result %d", sample.name(), i)
            .isLessThanOrEqualTo(relative * (norm(expected) + 1e-3));
      }
    }
  }

  private static double norm(double[] values) {
    return Math.sqrt(Arrays.stream(values).map(value -> value * value).sum());
  }

  /** Every operation but updates of what is held, which is never of a low type. */
  private Stream<DynamicTest> perLowType(BiConsumer<Sample, DType> test) {
    return provider().precisions().stream()
        .filter(Precision::isMixed)
        .map(Precision::operands)
        .flatMap(low ->
            OpSamples.all().stream()
                .filter(sample -> !isUpdate(sample.spec()))
                .map(sample ->
                    DynamicTest.dynamicTest(
                        low + " " + sample.name(), () -> test.accept(sample, low))));
  }

  /** A few units in the last place, of the value itself and of 1, beside what F32 may be off. */
  private static Tolerance tolerance(Sample sample, DType low) {
    return new Tolerance(
        sample.tolerance().relative() + 4 * unit(low),
        sample.tolerance().absolute() + 4 * unit(low));
  }

  /** The distance from 1 to the next number. */
  private static double unit(DType low) {
    return low == DType.BF16 ? 0x1p-7 : 0x1p-10;
  }

  @TestFactory
  Stream<DynamicTest> resultsInTheMemoryOfAnOperandAreTheSame() {
    return perSample(
        BackendContract::overwrites,
        sample -> {
          SampleGraph graph = SampleGraph.overDyingOperands(sample, DType.F32);
          assertClose(
              sample, graph.run(backend), SampleGraph.forward(sample, DType.F64).run(reference));
          assertTakesOver(sample, graph.graph());
        });
  }

  @TestFactory
  Stream<DynamicTest> resultsInTheMemoryOfAVariableAreTheSame() {
    return perSample(
        BackendContract::overwrites,
        sample ->
            assertClose(
                sample,
                SampleGraph.updating(sample, DType.F32).run(backend),
                SampleGraph.updating(sample, DType.F64).run(reference)));
  }

  @TestFactory
  Stream<DynamicTest> aGuardThatIsNotFiniteKeepsEveryBit() {
    return perSample(
        BackendContract::isHeld,
        sample -> {
          SampleGraph graph = SampleGraph.updating(sample, DType.F32);
          assertSameBits(graph.variables(), graph.run(backend));
        });
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
            assertSameBits(first, graph.results(session, held));
          }
          assertSameBits(graph.run(backend), graph.run(backend));
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
    TrainingStep training = TrainingStep.of(new Sgd(0.9, 1e-3, true));
    Graph graph = training.graph();
    Map<Value, Tensor> expected = training.given();
    try (Variables held = new Variables(backend);
        Session session = opened(backend, training, held)) {
      for (int step = 1; step <= 3; step++) {
        session.run();
        Map<Value, Tensor> values = NodeByNode.evaluate(reference, graph, expected);
        for (Value output : graph.outputs()) {
          assertClose("step " + step + ": ", output, session.read(output), values.get(output));
        }
        for (Update update : graph.updates()) {
          Value variable = update.variable();
          Tensor next = values.get(update.next());
          assertClose("step " + step + ": ", variable, held.read(variable.name()), next);
          expected.put(variable, next);
        }
      }
    }
  }

  @Test
  void trainingIsReproducibleToTheBit() {
    assertThat(trainedBits()).containsExactly(trainedBits());
  }

  private byte[] trainedBits() {
    TrainingStep training = TrainingStep.of(new Adam(0.9, 0.999, 1e-8, 0, Adam.Decay.L2, false));
    try (Variables held = new Variables(backend);
        Session session = opened(backend, training, held)) {
      for (int step = 0; step < 5; step++) {
        session.run();
      }
      return bits(held.read("parameters"));
    }
  }

  /**
   * The backend's memory is counted from the first step on; the Java heap once the optimizing
   * compiler has removed what the interpreter allocates for a copy.
   */
  @Test
  void nothingIsAllocatedAfterTheFirstStep() {
    TrainingStep training = TrainingStep.of(new Adam(0.9, 0.999, 1e-8, 0, Adam.Decay.L2, false));
    MeteredBackend metered = new MeteredBackend(backend);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Variables held = new Variables(metered);
        Session session = opened(metered, training, held)) {
      Tensor loss = Tensor.allocate(training.loss().type());
      Tensor step = Tensor.allocate(training.step().type());
      train(session, training, step, loss, 1);
      int allocations = metered.allocations();
      long heap = Long.MAX_VALUE;
      for (int round = 0; round < MOST_ROUNDS && heap > UNNOTICED; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        train(session, training, step, loss, STEPS);
        heap = threads.getCurrentThreadAllocatedBytes() - before;
      }
      assertThat(metered.allocations()).isEqualTo(allocations);
      assertThat(heap)
          .as("bytes on the Java heap in %d steps", STEPS)
          .isLessThanOrEqualTo(UNNOTICED);
    }
  }

  private static void train(
      Session session, TrainingStep training, Tensor step, Tensor loss, int steps) {
    for (int i = 0; i < steps; i++) {
      step.set(0, i + 1);
      session.feed(training.step(), step);
      session.run();
      session.read(training.loss(), loss);
    }
  }

  @Test
  void closingFreesEverything() {
    TrainingStep training = TrainingStep.of(new Sgd(0.9, 0, false));
    MeteredBackend metered = new MeteredBackend(backend);
    try (Variables held = new Variables(metered);
        Session session = opened(metered, training, held)) {
      session.run();
      assertThat(metered.openMemories()).isPositive();
      assertThat(metered.openOps()).isPositive();
    }
    assertThat(metered.openMemories()).isZero();
    assertThat(metered.openOps()).isZero();
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

  private static Session opened(Backend on, TrainingStep training, Variables held) {
    Graph graph = training.graph();
    Session session = Session.open(on, graph, held);
    graph.inputs().forEach(input -> session.feed(input, training.given().get(input)));
    graph
        .variables()
        .forEach(variable -> held.write(variable.name(), training.given().get(variable)));
    return session;
  }

  /** Proves that the in-place test tests what it says: the plan does share the memory. */
  private void assertTakesOver(Sample sample, Graph graph) {
    try (Plan plan = Planner.plan(backend, graph)) {
      for (Step step : plan.steps()) {
        if (step.node().spec().equals(sample.spec())) {
          for (int k = 0; k < step.outputs().size(); k++) {
            if (sample.spec().overwrites(k).isPresent()) {
              int input = sample.spec().overwrites(k).getAsInt();
              boolean sameType =
                  step.node()
                      .inputs()
                      .get(input)
                      .type()
                      .equals(step.node().outputs().get(k).type());
              assertThat(step.outputs().get(k).equals(step.inputs().get(input)))
                  .isEqualTo(sameType);
            }
          }
        }
      }
    }
  }

  private static boolean hasGradient(Sample sample) {
    return !sample.differentiable().isEmpty() && !sample.isGradient();
  }

  private static boolean isUpdate(OpSpec spec) {
    return spec instanceof OptimizerStep || spec instanceof WhereFinite;
  }

  private static boolean isHeld(Sample sample) {
    int guard =
        switch (sample.spec()) {
          case WhereFinite _ -> 0;
          case OptimizerStep step -> step.guardIndex();
          default -> Integer.MAX_VALUE;
        };
    return guard < sample.operands().size()
        && !Double.isFinite(sample.values(DType.F64).get(guard).get(0));
  }

  private static boolean overwrites(Sample sample) {
    return !SampleGraph.overwritten(sample, DType.F32).isEmpty();
  }

  private static Stream<DynamicTest> perSample(Predicate<Sample> which, Consumer<Sample> test) {
    return OpSamples.all().stream()
        .filter(which)
        .map(sample -> DynamicTest.dynamicTest(sample.name(), () -> test.accept(sample)));
  }

  private static void assertClose(Sample sample, List<Tensor> got, List<Tensor> want) {
    assertClose(sample, sample.tolerance(), got, want);
  }

  private static void assertClose(
      Sample sample, Tolerance tolerance, List<Tensor> got, List<Tensor> want) {
    assertThat(got).hasSameSizeAs(want);
    for (int i = 0; i < got.size(); i++) {
      if (want.get(i).type().dtype() == DType.OPAQUE) {
        continue; // Means something to its backend alone; the gradients show whether it is right.
      }
      Deviation worst = tolerance.worst("result " + i, got.get(i), want.get(i));
      assertThat(worst).as(sample.name()).matches(Deviation::passes, "is within tolerance");
    }
  }

  private static void assertClose(String when, Value value, Tensor got, Tensor want) {
    Deviation worst = TRAINED.worst(when + value.name(), got, want);
    assertThat(worst).matches(Deviation::passes, "is within tolerance");
  }

  private static void assertSameBits(List<Tensor> first, List<Tensor> second) {
    assertThat(second).hasSameSizeAs(first);
    for (int i = 0; i < first.size(); i++) {
      assertThat(second.get(i).data().mismatch(first.get(i).data()))
          .as("result " + i)
          .isEqualTo(-1);
    }
  }

  private static byte[] bits(Tensor tensor) {
    return tensor.data().toArray(ValueLayout.JAVA_BYTE);
  }
}
