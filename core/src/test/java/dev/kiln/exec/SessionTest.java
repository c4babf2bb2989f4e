package dev.kiln.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.backend.MeteredBackend;
import dev.kiln.backend.OutOfMemoryException;
import dev.kiln.graph.Graph;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.op.Unary;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import dev.kiln.testkit.DataflowBackend;
import org.junit.jupiter.api.Test;

class SessionTest {

  private static final TensorType PAIR = TensorType.of(DType.F32, 2);

  private final MeteredBackend backend = new MeteredBackend(new DataflowBackend());
  private final GraphBuilder builder = new GraphBuilder();
  private final Value x = builder.input("x", PAIR);
  private final Value state = builder.variable("state", PAIR);
  private final Value y = builder.apply(Unary.RELU, builder.ops().add(x, state));
  private final Graph graph = builder.build(y);

  @Test
  void aFedValueMustBeOfTheInputsType() {
    try (Variables variables = new Variables(backend);
        Session session = Session.open(backend, graph, variables)) {
      assertThatThrownBy(() -> session.feed(x, Tensor.of(Shape.of(3), 1f, 2f, 3f)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("input x is F32[2], but the value is F32[3]");
      assertThatThrownBy(() -> session.feed(x, Tensor.of(Shape.of(2), 1.0, 2.0)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("input x is F32[2], but the value is F64[2]");
    }
  }

  @Test
  void onlyInputsAreFedAndOnlyOutputsAreRead() {
    try (Variables variables = new Variables(backend);
        Session session = Session.open(backend, graph, variables)) {
      assertThatThrownBy(() -> session.feed(y, Tensor.of(Shape.of(2), 1f, 2f)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("relu: F32[2] is not an input of the graph")
          .hasMessageContaining("x: F32[2]");
      assertThatThrownBy(() -> session.read(x))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("x: F32[2] is not an output of the graph");
      assertThatThrownBy(() -> session.read(y, Tensor.of(Shape.of(3), 1f, 2f, 3f)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("output relu is F32[2], but the destination is F32[3]");
    }
  }

  @Test
  void sessionsShareVariables() {
    try (Variables variables = new Variables(backend);
        Session first = Session.open(backend, graph, variables);
        Session second = Session.open(backend, graph, variables)) {
      variables.write("state", Tensor.of(Shape.of(2), 5f, 6f));
      first.feed(x, Tensor.of(Shape.of(2), 1f, 2f));
      second.feed(x, Tensor.of(Shape.of(2), 1f, 2f));
      first.run();
      second.run();
      assertThat(second.read(y).toFloatArray()).containsExactly(first.read(y).toFloatArray());
      assertThat(variables.read("state").toFloatArray()).containsExactly(5f, 6f);
    }
  }

  @Test
  void aVariableOfAnotherTypeIsRefusedAndNothingIsLeftOpen() {
    GraphBuilder other = new GraphBuilder();
    Value wider = other.variable("state", TensorType.of(DType.F32, 3));
    Graph conflicting = other.build(other.apply(Unary.RELU, wider));
    try (Variables variables = new Variables(backend)) {
      variables.declare(graph.variables());
      int memories = backend.openMemories();
      assertThatThrownBy(() -> Session.open(backend, conflicting, variables))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("variable state is held as F32[2], but the graph declares F32[3]");
      assertThat(backend.openOps()).isZero();
      assertThat(backend.openMemories()).isEqualTo(memories);
    }
  }

  @Test
  void aPlanThatDoesNotFitIsRefusedAndNothingIsLeftOpen() {
    MeteredBackend small = new MeteredBackend(new DataflowBackend(100));
    try (Variables variables = new Variables(small)) {
      assertThatThrownBy(() -> Session.open(small, graph, variables))
          .isInstanceOf(OutOfMemoryException.class)
          .hasMessageContaining("the plan needs")
          .hasMessageContaining("only 100 are available");
    }
    assertThat(small.openOps()).isZero();
    assertThat(small.openMemories()).isZero();
  }

  /** There is room for the plan, but not for the variables as well. */
  @Test
  void runningOutOfMemoryHalfWayLeavesNothingOpen() {
    long needed;
    try (Plan plan = Planner.plan(backend, graph)) {
      needed = plan.stepBytes();
    }
    MeteredBackend small = new MeteredBackend(new DataflowBackend(needed));
    try (Variables variables = new Variables(small)) {
      assertThatThrownBy(() -> Session.open(small, graph, variables))
          .isInstanceOf(OutOfMemoryException.class);
    }
    assertThat(small.openOps()).isZero();
    assertThat(small.openMemories()).isZero();
  }

  @Test
  void anUnknownVariableIsNamed() {
    try (Variables variables = new Variables(backend)) {
      variables.declare(graph.variables());
      assertThatThrownBy(() -> variables.read("stat"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("there is no variable 'stat'; there are [state]");
      assertThatThrownBy(() -> variables.write("state", Tensor.of(Shape.of(1), 1f)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("variable state is F32[2], but the value is F32[1]");
    }
  }

  @Test
  void theFirstNodeThatIsNotFiniteIsNamed() {
    GraphBuilder chain = new GraphBuilder();
    Value in = chain.input("x", PAIR);
    Value first = chain.within("body", () -> chain.apply(Unary.TANH, in));
    Value last = chain.within("head", () -> chain.apply(Unary.LOG, first));
    try (Variables variables = new Variables(backend);
        Session session = Session.open(backend, chain.build(last), variables)) {
      session.feed(in, Tensor.of(Shape.of(2), 1f, 2f));
      session.run();
      assertThat(session.firstNonFinite()).isEmpty();
      session.feed(in, Tensor.of(Shape.of(2), 1f, Float.NaN));
      session.run();
      assertThat(session.firstNonFinite()).map(NonFinite::node).contains("body.tanh (tanh)");
    }
  }
}
