package dev.kiln.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.op.Conv2d;
import dev.kiln.op.ShapeException;
import dev.kiln.op.Softmax;
import dev.kiln.op.Unary;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;

class GraphBuilderTest {

  private final GraphBuilder graph = new GraphBuilder();
  private final Ops ops = graph.ops();

  @Test
  void aShapeErrorNamesTheScopeTheOperationTheRuleAndTheTypes() {
    Value x = graph.input("x", TensorType.of(DType.F32, 1, 3, 8, 8));
    Value weight = graph.variable("w", TensorType.of(DType.F32, 4, 2, 3, 3));
    assertThatThrownBy(() ->
            graph.within(
                "features", () -> graph.within("0", () -> ops.conv2d(Conv2d.PLAIN, x, weight))))
        .isInstanceOf(ShapeException.class)
        .hasMessageStartingWith("features.0: conv2d: ")
        .hasMessageContaining("x has 3 channels, but weight [O, C / groups, kH, kW] expects 2 x 1")
        .hasMessageContaining("x F32[1, 3, 8, 8], weight F32[4, 2, 3, 3]")
        .hasMessageContaining("stride=1x1");
  }

  @Test
  void aWrongNumberOfOperandsIsAShapeErrorToo() {
    assertThatThrownBy(() -> graph.apply(Unary.RELU))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("relu takes the inputs [x], but got 0");
  }

  @Test
  void operandsThatDoNotBroadcastAreRefusedWithBothShapes() {
    Value a = graph.input("a", TensorType.of(DType.F32, 4, 5));
    Value b = graph.input("b", TensorType.of(DType.F32, 4));
    assertThatThrownBy(() -> ops.add(a, b))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("add: cannot broadcast [4, 5] with [4]");
  }

  @Test
  void aScopeEndsWithItsBodyEvenWhenThatFails() {
    Value x = graph.input("x", TensorType.of(DType.F32, 4));
    assertThatThrownBy(() -> graph.within("bad", () -> graph.apply(new Softmax(3), x)))
        .isInstanceOf(ShapeException.class);
    assertThat(graph.scope()).isEmpty();
    assertThat(ops.relu(x).name()).isEqualTo("relu");
  }

  @Test
  void nodesAreNamedByTheirScopes() {
    Value x = graph.input("x", TensorType.of(DType.F32, 4));
    Value y = graph.within("block", () -> graph.within("1", () -> ops.relu(x)));
    assertThat(y.name()).isEqualTo("block.1.relu");
  }

  @Test
  void onlyWhatIsNeededIsBuilt() {
    Value x = graph.input("x", TensorType.of(DType.F32, 4));
    Value state = graph.variable("state", TensorType.of(DType.F32, 4));
    Value y = ops.relu(x);
    ops.tanh(y);
    graph.update(state, ops.sigmoid(x));
    Graph built = graph.build(y);
    assertThat(built.nodes()).extracting(Node::name).containsExactly("relu", "sigmoid");
  }

  @Test
  void aValueOfAnotherBuilderIsRefused() {
    Value foreign = new GraphBuilder().input("foreign", TensorType.of(DType.F32, 4));
    Value y = ops.relu(foreign);
    assertThatThrownBy(() -> graph.build(y))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("relu uses foreign: F32[4], which no earlier node or input defines");
  }

  @Test
  void aVariableIsUpdatedOnceAndByItsOwnType() {
    Value state = new Value("state", TensorType.of(DType.F32, 4));
    Value x = new Value("x", TensorType.of(DType.F32, 4));
    Value shorter = new Value("shorter", TensorType.of(DType.F32, 3));
    List<Value> inputs = List.of(x, shorter);
    assertRefused(inputs, state, "the types must be the same", new Update(state, shorter));
    assertRefused(inputs, state, "is updated twice", new Update(state, x), new Update(state, x));
    assertRefused(inputs, state, "is no variable of the graph", new Update(x, state));
  }

  private static void assertRefused(
      List<Value> inputs, Value variable, String message, Update... updates) {
    assertThatThrownBy(
            () -> new Graph(inputs, List.of(variable), List.of(), List.of(), List.of(updates)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aNodeMustHaveTheTypesItsOperationInfers() {
    Value x = new Value("x", TensorType.of(DType.F32, 4));
    Value y = new Value("y", TensorType.of(DType.F32, 5));
    Node node = new Node("relu", Unary.RELU, List.of(x), List.of(y));
    assertThatThrownBy(() -> new Graph(List.of(x), List.of(), List.of(node), List.of(y), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("node relu has the output types [F32[5]], but relu infers [F32[4]]");
  }

  @Test
  void aValueIsDefinedOnceAndBeforeItsUse() {
    Value x = new Value("x", TensorType.of(DType.F32, 4));
    Value y = new Value("y", TensorType.of(DType.F32, 4));
    Node relu = new Node("relu", Unary.RELU, List.of(x), List.of(y));
    assertThatThrownBy(
            () -> new Graph(List.of(x, y), List.of(), List.of(relu), List.of(y), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("y: F32[4] is defined twice");
    assertThatThrownBy(() -> new Graph(List.of(), List.of(), List.of(relu), List.of(y), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("relu uses x: F32[4]");
  }
}
