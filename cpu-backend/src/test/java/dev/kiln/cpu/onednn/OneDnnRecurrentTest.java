package dev.kiln.cpu.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.exec.Plan;
import dev.kiln.exec.Planner;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.Autodiff;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.graph.Node;
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

/** What the native recurrent stacks promise beyond the contract of all backends. */
class OneDnnRecurrentTest {

  private static final int BATCH = 9;
  private static final int STEPS = 8;
  private static final int FEATURES = 3;
  private static final int HIDDEN = 5;
  private static final long[] LENGTHS = {3, 5, 1, 5, 2, 4, 1, 1, 5};

  private OneDnnBackend backend;

  @BeforeEach
  void open() {
    backend = new OneDnnBackend();
  }

  @AfterEach
  void close() {
    backend.close();
  }

  /** A ragged stack of two layers in both directions with dropout, and its gradients. */
  private static final class Stack {
    private final GraphBuilder graph = new GraphBuilder();
    private final Value x = graph.input("x", TensorType.of(DType.F32, BATCH, STEPS, FEATURES));
    private final Value lengths = graph.input("lengths", TensorType.of(DType.I64, BATCH));
    private final Value counter = graph.input("counter", TensorType.of(DType.I64, 2));
    private final Value weights;
    private final List<Value> states = new ArrayList<>();
    private final List<Value> results;
    private final Value factor;
    private final List<Value> gradients;

    Stack(RecurrentCell cell) {
      Recurrent spec = new Recurrent(cell, HIDDEN, 2, true, true, new Dropout(0.3, 4));
      this.weights =
          graph.input("weights", TensorType.of(DType.F32, (int) spec.weights(FEATURES).length()));
      List<Value> operands = new ArrayList<>(List.of(x, weights));
      for (int i = 0; i < spec.states(); i++) {
        Value state = graph.input("state" + i, TensorType.of(DType.F32, 4, BATCH, HIDDEN));
        states.add(state);
        operands.add(state);
      }
      operands.addAll(List.of(lengths, counter));
      this.results = graph.add(spec, operands);
      this.factor = graph.input("factor", results.getFirst().type());
      Value loss = graph.ops().sum(graph.ops().mul(results.getFirst(), factor));
      this.gradients = Autodiff.gradients(graph, loss, List.of(x, weights, states.getFirst()));
    }

    /** Runs it; padding of the input and of the output's gradient holds a given value. */
    List<Tensor> run(OneDnnBackend backend, float padding, List<Value> wanted) {
      try (Variables variables = new Variables(backend);
          Session session = Session.open(backend, graph.build(wanted), variables)) {
        session.feed(x, padded(random(x, 1), padding));
        session.feed(factor, padded(random(factor, 2), padding));
        session.feed(weights, random(weights, 3));
        for (Value state : states) {
          session.feed(state, random(state, 4));
        }
        session.feed(lengths, Tensor.of(Shape.of(BATCH), LENGTHS));
        session.feed(counter, Tensor.of(Shape.of(2), new long[] {7, 3}));
        session.run();
        session.run(); // what the first run left in the arena must not matter
        return wanted.stream().map(session::read).toList();
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

    private static Tensor padded(Tensor tensor, float padding) {
      int width = tensor.shape().dim(2);
      for (int n = 0; n < BATCH; n++) {
        for (long i = (n * STEPS + LENGTHS[n]) * width; i < (n + 1L) * STEPS * width; i++) {
          tensor.set(i, padding);
        }
      }
      return tensor;
    }
  }

  private static List<float[]> floats(List<Tensor> tensors) {
    return tensors.stream().map(Tensor::toFloatArray).toList();
  }

  @ParameterizedTest
  @EnumSource(RecurrentCell.class)
  void whatStandsInThePaddingChangesNoBit(RecurrentCell cell) {
    Stack stack = new Stack(cell);
    List<Value> wanted = new ArrayList<>(stack.gradients);
    wanted.add(stack.results.get(1));
    List<float[]> zeros = floats(stack.run(backend, 0, wanted));
    List<float[]> large = floats(stack.run(backend, 1e30f, wanted));
    for (int i = 0; i < wanted.size(); i++) {
      assertThat(large.get(i)).isEqualTo(zeros.get(i));
      assertThat(zeros.get(i)).doesNotContain(Float.NaN);
    }
  }

  @ParameterizedTest
  @EnumSource(RecurrentCell.class)
  void theInputsGradientIsLeftOutWhereNobodyReadsItAndTheOthersKeepTheirBits(RecurrentCell cell) {
    Stack stack = new Stack(cell);
    List<Value> parameters = stack.gradients.subList(1, 3);
    assertThat(backend.lower(stack.graph.build(parameters)).nodes())
        .extracting(Node::spec)
        .hasAtLeastOneElementOfType(RecurrentParameterGrad.class);
    assertThat(backend.lower(stack.graph.build(stack.gradients)).nodes())
        .extracting(Node::spec)
        .doesNotHaveAnyElementsOfTypes(RecurrentParameterGrad.class);
    List<float[]> alone = floats(stack.run(backend, 0, parameters));
    List<float[]> all = floats(stack.run(backend, 0, stack.gradients));
    assertThat(alone.get(0)).isEqualTo(all.get(1));
    assertThat(alone.get(1)).isEqualTo(all.get(2));
  }

  @ParameterizedTest
  @EnumSource(RecurrentCell.class)
  void aPlanShowsTheNativeClasses(RecurrentCell cell) {
    Stack stack = new Stack(cell);
    try (Plan plan = Planner.plan(backend, stack.graph.build(stack.gradients))) {
      assertThat(plan.describe())
          .contains("OneDnnRecurrent PackedProduct")
          .contains("OneDnnRecurrentGrad PackedProduct")
          .doesNotContain("ReferenceRecurrent");
    }
  }
}
