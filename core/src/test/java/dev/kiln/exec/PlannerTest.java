package dev.kiln.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.backend.Backend;
import dev.kiln.backend.MeteredBackend;
import dev.kiln.backend.UnsupportedSpecException;
import dev.kiln.graph.Graph;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.graph.Ops;
import dev.kiln.op.Binary;
import dev.kiln.op.MatMul;
import dev.kiln.op.OpSpec;
import dev.kiln.op.OptimizerRule;
import dev.kiln.op.OptimizerStep;
import dev.kiln.op.Pack;
import dev.kiln.op.Softmax;
import dev.kiln.op.Unary;
import dev.kiln.op.Value;
import dev.kiln.op.View;
import dev.kiln.op.WhereFinite;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import dev.kiln.testkit.DataflowBackend;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlannerTest {

  private static final TensorType VECTOR = TensorType.of(DType.F32, 100);

  private final Backend backend = new DataflowBackend();
  private final GraphBuilder graph = new GraphBuilder();
  private final Ops ops = graph.ops();

  @Test
  void elementwiseResultsTakeOverTheirDyingOperand() {
    Value x = ops.softmax(graph.input("x", VECTOR), 0);
    Value y = ops.tanh(ops.affine(ops.relu(x), 2, 1));
    Plan plan = plan(y);
    assertThat(plan.steps()).hasSize(4);
    assertThat(plan.steps())
        .extracting(step -> step.outputs().getFirst())
        .containsOnly(plan.placement(y));
  }

  @Test
  void anOperandThatIsReadLaterIsLeftAlone() {
    Value x = ops.softmax(graph.input("x", VECTOR), 0);
    Value y = ops.relu(x);
    Plan plan = plan(ops.add(y, x));
    assertThat(output(plan, Unary.RELU)).isNotEqualTo(output(plan, new Softmax(0)));
  }

  @Test
  void anOutputOfTheGraphIsLeftAlone() {
    Value x = ops.softmax(graph.input("x", VECTOR), 0);
    Value y = ops.relu(x);
    Plan plan = plan(x, y);
    assertThat(plan.placement(y)).isNotEqualTo(plan.placement(x));
  }

  @Test
  void inputsAreNeverOverwritten() {
    Value x = graph.input("x", VECTOR);
    Plan plan = plan(ops.relu(x));
    assertThat(plan.steps().getFirst().inputs().getFirst().owner()).isEqualTo(x);
    assertThat(plan.steps().getFirst().outputs().getFirst().owner()).isNull();
  }

  @Test
  void reshapesAndViewsCostNothing() {
    Value x = graph.input("x", VECTOR);
    Value view = graph.apply(new View(40, Shape.of(5, 4)), x);
    Value y = ops.softmax(ops.reshape(view, 20), 0);
    Plan plan = plan(y);
    assertThat(plan.steps()).hasSize(1);
    assertThat(plan.steps().getFirst().inputs()).containsExactly(new Placement(x, 160, 80));
  }

  @Test
  void packedValuesAreComputedInTheirPlace() {
    Value x = graph.input("x", VECTOR);
    Value first = ops.softmax(x, 0);
    Value second = ops.reshape(ops.tanh(x), 10, 10);
    Value flat = graph.apply(new Pack(List.of(8L, 128L), 256), first, second);
    Plan plan = plan(flat);
    long begin = plan.placement(flat).offset();
    assertThat(output(plan, new Softmax(0))).isEqualTo(new Placement(null, begin + 32, 400));
    assertThat(output(plan, Unary.TANH)).isEqualTo(new Placement(null, begin + 512, 400));
    Step pack = plan.steps().getLast();
    assertThat(pack.inputs())
        .containsExactly(output(plan, new Softmax(0)), output(plan, Unary.TANH));
  }

  @Test
  void packedInputsAndViewsAreCopied() {
    Value x = graph.input("x", VECTOR);
    Value part = graph.apply(new View(0, Shape.of(50)), ops.softmax(x, 0));
    Value flat = graph.apply(new Pack(List.of(0L, 100L), 150), x, part);
    Plan plan = plan(flat);
    Step pack = plan.steps().getLast();
    assertThat(pack.inputs().get(0).owner()).isEqualTo(x);
    assertThat(pack.inputs().get(1).offset()).isNotEqualTo(plan.placement(flat).offset() + 400);
  }

  @Test
  void optimizersUpdateInPlace() {
    Value parameters = graph.variable("parameters", VECTOR);
    Value velocity = graph.variable("velocity", VECTOR);
    Value rate = graph.input("rate", TensorType.of(DType.F32));
    Value step = graph.input("step", TensorType.of(DType.I64));
    Value gradients = ops.softmax(parameters, 0);
    OptimizerStep optimizer = new OptimizerStep(new OptimizerRule.Sgd(0.9, 0, false));
    List<Value> next = graph.add(optimizer, List.of(parameters, gradients, rate, step, velocity));
    graph.update(parameters, next.get(0));
    graph.update(velocity, next.get(1));
    Plan plan = plan();
    assertThat(plan.steps()).hasSize(2);
    assertThat(plan.steps().getLast().outputs())
        .containsExactly(new Placement(parameters, 0, 400), new Placement(velocity, 0, 400));
  }

  @Test
  void aGuardedUpdateIsInPlace() {
    Value state = graph.variable("state", VECTOR);
    Value loss = ops.sum(ops.tanh(state));
    graph.update(state, ops.softmax(state, 0));
    graph.guardUpdates(loss);
    Plan plan = plan();
    assertThat(plan.steps().getLast().node().spec()).isEqualTo(new WhereFinite());
    assertThat(plan.steps().getLast().outputs()).containsExactly(new Placement(state, 0, 400));
  }

  @Test
  void anUpdateThatCannotBeComputedInPlaceIsCopiedAtTheEnd() {
    Value state = graph.variable("state", VECTOR);
    Value next = ops.softmax(state, 0);
    graph.update(state, next);
    Plan plan = plan(ops.tanh(state));
    assertThat(plan.steps()).extracting(step -> step.node().name()).endsWith("copy");
    assertThat(plan.steps().getLast().outputs()).containsExactly(new Placement(state, 0, 400));
  }

  @Test
  void aVariableThatIsItsOwnNextValueStays() {
    Value state = graph.variable("state", VECTOR);
    graph.update(state, state);
    assertThat(plan(ops.tanh(state)).steps()).hasSize(1);
  }

  @Test
  void readingAVariableAfterItsUpdateIsRefused() {
    Value state = graph.variable("state", VECTOR);
    graph.update(state, ops.relu(state));
    Graph written = graph.build(ops.softmax(state, 0));
    assertThatThrownBy(() -> Planner.plan(backend, written))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("node softmax reads state: F32[100] after it has been updated")
        .hasMessageContaining("put the update last");
  }

  @Test
  void readingAPartOfAVariableAfterItsUpdateIsRefused() {
    Value state = graph.variable("state", VECTOR);
    Value part = graph.apply(new View(0, Shape.of(10)), state);
    graph.update(state, ops.relu(state));
    Graph written = graph.build(ops.softmax(part, 0));
    assertThatThrownBy(() -> Planner.plan(backend, written))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("node softmax reads state");
  }

  @Test
  void anOutputThatIsAVariableUpdatedInTheSameStepIsRefused() {
    Value state = graph.variable("state", VECTOR);
    Value part = graph.apply(new View(0, Shape.of(10)), state);
    graph.update(state, ops.relu(state));
    Graph written = graph.build(part);
    assertThatThrownBy(() -> Planner.plan(backend, written))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("an output of the graph reads state");
  }

  @Test
  void exchangingTwoVariablesIsRefused() {
    Value a = graph.variable("a", VECTOR);
    Value b = graph.variable("b", VECTOR);
    graph.update(a, b);
    graph.update(b, a);
    Graph written = graph.build();
    assertThatThrownBy(() -> Planner.plan(backend, written))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the update of b reads a");
  }

  @Test
  void anOutputThatIsAVariableAtRestIsFine() {
    Value state = graph.variable("state", VECTOR);
    Plan plan = plan(state);
    assertThat(plan.steps()).isEmpty();
    assertThat(plan.placement(state)).isEqualTo(new Placement(state, 0, 400));
  }

  /** The second operand lies in the memory the result would destroy. */
  @Test
  void nothingIsComputedInPlaceOverAnotherOperand() {
    Value state = graph.variable("state", VECTOR);
    Value first = graph.apply(new View(0, Shape.of(1)), state);
    Value next = graph.apply(Binary.ADD, state, first);
    graph.update(state, next);
    Plan plan = plan();
    assertThat(plan.steps()).extracting(step -> step.node().name()).containsExactly("add", "copy");
    assertThat(output(plan, Binary.ADD).owner()).isNull();
  }

  @Test
  void memoryIsUsedAgain() {
    Value x = ops.softmax(graph.input("x", VECTOR), 0);
    for (int i = 0; i < 20; i++) {
      x = ops.softmax(x, 0);
    }
    long one = new Storage(null, 400).alignedBytes();
    long workspace = new Storage(null, 100).alignedBytes();
    assertThat(plan(x).arenaBytes()).isEqualTo(2 * one + workspace);
  }

  @Test
  void aPlanKnowsItsBytes() {
    graph.input("unused", TensorType.of(DType.U8, 3));
    Value x = graph.input("x", VECTOR);
    Value state = graph.variable("state", TensorType.of(DType.F64, 5));
    Plan plan = plan(ops.softmax(x, 0), state);
    assertThat(plan.inputBytes()).isEqualTo(64 + 448);
    assertThat(plan.variableBytes()).isEqualTo(64);
    assertThat(plan.stepBytes()).isEqualTo(plan.arenaBytes() + 512);
    assertThat(plan.totalBytes()).isEqualTo(plan.stepBytes() + 64);
  }

  @Test
  void aPlanDescribesWhatRunsWhere() {
    Value x = graph.input("x", VECTOR);
    Value y = graph.within("head", () -> ops.softmax(ops.affine(x, 2, 1), 0));
    assertThat(plan(y).describe().lines())
        .hasSize(3)
        .anySatisfy(line -> assertThat(line).contains("dataflow: 2 steps, arena"))
        .anySatisfy(line ->
            assertThat(line).contains("head.affine", "Dataflow affine", "F32[100] at arena+"))
        .anySatisfy(line -> assertThat(line).contains("head.softmax", "Dataflow softmax"));
  }

  @Test
  void whatTheBackendCannotRunIsRefusedAndNothingIsLeftOpen() {
    Value x = graph.input("x", VECTOR);
    Value y = ops.reshape(ops.relu(x), 10, 10);
    Graph written = graph.build(graph.apply(MatMul.PLAIN, y, y));
    MeteredBackend metered = new MeteredBackend(new DataflowBackend().without(MatMul.class));
    assertThatThrownBy(() -> Planner.plan(metered, written))
        .isInstanceOf(UnsupportedSpecException.class)
        .hasMessageContaining("cannot run MatMul");
    assertThat(metered.openOps()).isZero();
  }

  @Test
  void anEmptyGraphIsAPlanToo() {
    assertThatCode(
            () -> {
              try (Variables variables = new Variables(backend);
                  Session session = Session.open(backend, graph.build(), variables)) {
                session.run();
              }
            })
        .doesNotThrowAnyException();
  }

  private Plan plan(Value... outputs) {
    return Planner.plan(backend, graph.build(outputs));
  }

  private static Placement output(Plan plan, OpSpec spec) {
    return plan.steps().stream()
        .filter(step -> step.node().spec().equals(spec))
        .findFirst()
        .orElseThrow()
        .outputs()
        .getFirst();
  }
}
