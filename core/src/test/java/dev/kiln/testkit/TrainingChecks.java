package dev.kiln.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.kiln.backend.Backend;
import dev.kiln.backend.MeteredBackend;
import dev.kiln.check.Deviation;
import dev.kiln.check.Tolerance;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.Graph;
import dev.kiln.graph.Update;
import dev.kiln.op.OptimizerRule;
import dev.kiln.op.OptimizerRule.Adam;
import dev.kiln.op.OptimizerRule.Sgd;
import dev.kiln.op.Value;
import dev.kiln.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.Map;

/**
 * Checks whole training steps on a backend: their results, their bits, and what they allocate.
 *
 * @param backend where they run
 */
record TrainingChecks(Backend backend) {

  private static final int STEPS = 100;

  private static final int MOST_ROUNDS = 30;

  /** Bytes the Java heap may grow by in {@link #STEPS} steps: less than one object a step. */
  private static final long UNNOTICED = 8L * STEPS;

  private static final Tolerance TOLERANCE = new Tolerance(1e-3, 1e-4);

  private static final OptimizerRule ADAM = new Adam(0.9, 0.999, 1e-8, 0, Adam.Decay.L2, false);

  void matchNodeByNode(Backend reference) {
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

  private static void assertClose(String when, Value value, Tensor got, Tensor want) {
    Deviation worst = TOLERANCE.worst(when + value.name(), got, want);
    assertThat(worst).matches(Deviation::passes, "is within tolerance");
  }

  void reproduceBits() {
    assertThat(trainedBits()).containsExactly(trainedBits());
  }

  private byte[] trainedBits() {
    TrainingStep training = TrainingStep.of(ADAM);
    try (Variables held = new Variables(backend);
        Session session = opened(backend, training, held)) {
      for (int step = 0; step < 5; step++) {
        session.run();
      }
      return held.read("parameters").data().toArray(ValueLayout.JAVA_BYTE);
    }
  }

  /**
   * The backend's memory is counted from the first step on; the Java heap once the optimizing
   * compiler has removed what the interpreter allocates for a copy.
   */
  void allocateNothingAfterTheFirstStep() {
    TrainingStep training = TrainingStep.of(ADAM);
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

  void freeEverythingWhenClosed() {
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

  private static Session opened(Backend on, TrainingStep training, Variables held) {
    Graph graph = training.graph();
    Session session = Session.open(on, graph, held);
    graph.inputs().forEach(input -> session.feed(input, training.given().get(input)));
    graph
        .variables()
        .forEach(variable -> held.write(variable.name(), training.given().get(variable)));
    return session;
  }
}
