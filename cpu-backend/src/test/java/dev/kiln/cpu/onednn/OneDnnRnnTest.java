package dev.kiln.cpu.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.exec.Plan;
import dev.kiln.exec.Planner;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.Autodiff;
import dev.kiln.graph.Graph;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.op.Dropout;
import dev.kiln.op.Recurrent;
import dev.kiln.op.RecurrentCell;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * When recurrent stacks run by oneDNN's RNN primitive, and that they compute the same whichever way
 * they run.
 */
class OneDnnRnnTest {

  private static final int STEPS = 5;
  private static final int FEATURES = 3;
  private static final int HIDDEN = 6;

  /** Enough for the primitive on any number of threads, and not the same for every thread. */
  private static final int MANY = 8 * OpenMpTeam.size() + 1;

  private static final int FEW = 8 * OpenMpTeam.size() - 1;

  private OneDnnBackend backend;

  @BeforeEach
  void open() {
    backend = new OneDnnBackend();
  }

  @AfterEach
  void close() {
    backend.close();
  }

  /** A stack of three layers in both directions, with dropout, and its gradients. */
  private static final class Stack {
    private final GraphBuilder graph = new GraphBuilder();
    private final List<Value> operands = new ArrayList<>();
    private final Value counter = graph.input("counter", TensorType.of(DType.I64, 2));
    private final List<Value> results;
    private final List<Value> gradients;

    Stack(RecurrentCell cell, int batch) {
      Recurrent spec = new Recurrent(cell, HIDDEN, 3, true, false, new Dropout(0.3, 4));
      operand("x", batch, STEPS, FEATURES);
      operand("weights", (int) spec.weights(FEATURES).length());
      for (int state = 0; state < spec.states(); state++) {
        operand("state" + state, 6, batch, HIDDEN);
      }
      List<Value> inputs = new ArrayList<>(operands);
      inputs.add(counter);
      this.results = graph.add(spec, inputs);
      Value loss = graph.ops().sum(graph.ops().mul(results.getFirst(), results.getFirst()));
      this.gradients = Autodiff.gradients(graph, loss, operands);
    }

    private void operand(String name, int... dims) {
      operands.add(graph.input(name, TensorType.of(DType.F32, dims)));
    }

    Value reserve() {
      return results.getLast();
    }

    /** The states of the last layer, and the last states of all. */
    List<Value> states() {
      return results.subList(0, results.size() - 1);
    }

    private List<float[]> run(OneDnnBackend backend, List<Value> wanted) {
      return run(backend, wanted, wanted);
    }

    private List<float[]> run(OneDnnBackend backend, List<Value> outputs, List<Value> wanted) {
      try (Variables variables = new Variables(backend);
          Session session = Session.open(backend, graph.build(outputs), variables)) {
        for (int i = 0; i < operands.size(); i++) {
          session.feed(operands.get(i), random(operands.get(i), i));
        }
        session.feed(counter, Tensor.of(Shape.of(2), new long[] {7, 3}));
        session.run();
        session.run(); // what the first run left in the arena must not matter
        return wanted.stream().map(value -> session.read(value).toFloatArray()).toList();
      }
    }

    private static Tensor random(Value value, int stream) {
      double[] numbers = new double[(int) value.type().elements()];
      new Philox(11, stream, 0).fillNormal(numbers);
      Tensor tensor = Tensor.allocate(value.type());
      for (int i = 0; i < numbers.length; i++) {
        tensor.set(i, 0.5 * numbers[i]);
      }
      return tensor;
    }
  }

  private String plan(Stack stack, List<Value> wanted) {
    try (Plan plan = Planner.plan(backend, stack.graph.build(wanted))) {
      return plan.describe();
    }
  }

  private static void assertClose(List<float[]> got, List<float[]> want) {
    assertThat(got).hasSameSizeAs(want);
    for (int i = 0; i < want.size(); i++) {
      assertThat(got.get(i)).hasSize(want.get(i).length).doesNotContain(Float.NaN);
      for (int k = 0; k < want.get(i).length; k++) {
        float wanted = want.get(i)[k];
        assertThat(got.get(i)[k]).isCloseTo(wanted, within(1e-4f * Math.max(1, Math.abs(wanted))));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(RecurrentCell.class)
  void manySequencesRunByThePrimitiveAndFewByProducts(RecurrentCell cell) {
    Stack many = new Stack(cell, MANY);
    Stack few = new Stack(cell, FEW);
    assertThat(plan(many, many.gradients)).contains("OneDnnRnn").doesNotContain("OneDnnRecurrent");
    assertThat(plan(few, few.gradients)).contains("OneDnnRecurrent").doesNotContain("OneDnnRnn");
  }

  @ParameterizedTest
  @EnumSource(RecurrentCell.class)
  void whereTheReserveIsReadItIsThatOfTheDefinitionAndTheResultsAreTheSame(RecurrentCell cell) {
    Stack stack = new Stack(cell, MANY);
    assertThat(plan(stack, stack.results)).contains("OneDnnRecurrent").doesNotContain("OneDnnRnn");
    List<Value> wanted = new ArrayList<>(stack.states());
    wanted.addAll(stack.gradients);
    List<Value> withReserve = new ArrayList<>(wanted);
    withReserve.add(stack.reserve());
    assertClose(stack.run(backend, wanted), stack.run(backend, withReserve, wanted));
  }

  @ParameterizedTest
  @EnumSource(RecurrentCell.class)
  void withoutAGradientNothingIsKeptAndTheResultsAreTheSame(RecurrentCell cell) {
    Stack stack = new Stack(cell, MANY);
    Graph lowered = backend.lower(stack.graph.build(stack.states()));
    assertThat(lowered.nodes().getFirst().outputs().getLast().type().bytes()).isZero();
    assertThat(plan(stack, stack.states())).contains("OneDnnRnn");
    List<Value> training = new ArrayList<>(stack.states());
    training.addAll(stack.gradients);
    assertClose(stack.run(backend, stack.states()), stack.run(backend, training, stack.states()));
  }

  @ParameterizedTest
  @EnumSource(RecurrentCell.class)
  void otherGradientsKeepTheirBitsWhereNobodyReadsThatOfTheInput(RecurrentCell cell) {
    Stack stack = new Stack(cell, MANY);
    List<Value> parameters = stack.gradients.subList(1, stack.gradients.size());
    List<float[]> all = stack.run(backend, stack.gradients);
    assertThat(stack.run(backend, parameters))
        .usingRecursiveFieldByFieldElementComparator()
        .isEqualTo(all.subList(1, all.size()));
  }
}
