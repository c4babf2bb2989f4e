package dev.kiln.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.op.Binary;
import dev.kiln.op.Cast;
import dev.kiln.op.Conv2d;
import dev.kiln.op.Fill;
import dev.kiln.op.OpSpec;
import dev.kiln.op.Unary;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What differentiation writes into the graph; the values are confirmed by the direction check. */
class AutodiffTest {

  private final GraphBuilder graph = new GraphBuilder();
  private final Ops ops = graph.ops();

  @Test
  void gradientsThatMeetInOneValueAreAddedUp() {
    Value x = graph.input("x", TensorType.of(DType.F32, 4));
    Value loss = ops.sum(ops.mul(ops.relu(x), ops.tanh(x)));
    Value gradient = gradient(loss, x);
    assertThat(specs(gradient)).filteredOn(Binary.ADD::equals).hasSize(1);
  }

  @Test
  void aValueUsedTwiceByOneOperationCountsTwice() {
    Value x = graph.input("x", TensorType.of(DType.F32, 4));
    Value gradient = gradient(ops.sum(ops.mul(x, x)), x);
    assertThat(specs(gradient)).filteredOn(Binary.ADD::equals).hasSize(1);
    assertThat(specs(gradient)).filteredOn(Binary.MUL::equals).hasSize(2);
  }

  @Test
  void aSourceThatTheLossDoesNotDependOnGetsZeros() {
    Value x = graph.input("x", TensorType.of(DType.F32, 4));
    Value unused = graph.input("unused", TensorType.of(DType.F32, 2, 3));
    Value gradient = gradient(ops.sum(x), unused);
    assertThat(specs(gradient)).containsExactly(new Fill(DType.F32, Shape.of(2, 3), 0));
  }

  @Test
  void theLossIsASourceToo() {
    Value x = graph.input("x", TensorType.of(DType.F32, 4));
    Value loss = ops.sum(x);
    assertThat(specs(gradient(loss, loss))).containsExactly(new Fill(DType.F32, Shape.SCALAR, 1));
  }

  @Test
  void onlyWhatIsAskedForIsComputed() {
    Value image = graph.input("image", TensorType.of(DType.F32, 1, 2, 5, 5));
    Value weight = graph.variable("weight", TensorType.of(DType.F32, 3, 2, 3, 3));
    Value loss = ops.sum(ops.conv2d(Conv2d.PLAIN, image, weight));
    gradient(loss, weight);
    assertThat(graph.nodes())
        .extracting(node -> node.spec().opName())
        .contains("conv2d_weight_grad")
        .doesNotContain("conv2d_input_grad");
  }

  @Test
  void nothingFlowsThroughWholeNumbers() {
    Value x = graph.input("x", TensorType.of(DType.F32, 2));
    Value indices = graph.apply(new Cast(DType.I64), x);
    Value table = graph.input("table", TensorType.of(DType.F32, 3, 4));
    Value loss = ops.sum(ops.embedding(indices, table));
    assertThat(specs(gradient(loss, x))).containsExactly(new Fill(DType.F32, Shape.of(2), 0));
  }

  @Test
  void manyOutputsHaveAnUpstreamGradientEach() {
    Value x = graph.input("x", TensorType.of(DType.F32, 4));
    Value a = ops.relu(x);
    Value b = ops.tanh(x);
    Value up = graph.input("up", TensorType.of(DType.F32, 4));
    Value gradient =
        Autodiff.gradients(graph, List.of(a, b), List.of(up, up), List.of(x)).getFirst();
    assertThat(specs(gradient))
        .contains(new Unary.Grad(Unary.RELU), new Unary.Grad(Unary.TANH), Binary.ADD);
  }

  @Test
  void gradientsAreNamedByTheNodeTheyBelongTo() {
    Value x = graph.input("x", TensorType.of(DType.F32, 4));
    Value loss = graph.within("body", () -> ops.sum(ops.tanh(x)));
    assertThat(gradient(loss, x).name()).isEqualTo("gradient.body.tanh.unary_grad");
  }

  @Test
  void onlyAFloatingPointScalarHasGradients() {
    Value x = graph.input("x", TensorType.of(DType.F32, 4));
    assertThatThrownBy(() -> gradient(x, x))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the loss is x: F32[4]")
        .hasMessageContaining("reduce it first");
    Value count = graph.input("count", TensorType.of(DType.I64));
    assertThatThrownBy(() -> gradient(count, x))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("only a floating-point scalar");
  }

  @Test
  void anUpstreamGradientOfAnotherTypeIsRefused() {
    Value x = graph.input("x", TensorType.of(DType.F32, 4));
    Value up = graph.input("up", TensorType.of(DType.F32, 3));
    assertThatThrownBy(
            () -> Autodiff.gradients(graph, List.of(ops.relu(x)), List.of(up), List.of(x)))
        .hasMessageContaining("the gradient of")
        .hasMessageContaining("F32[3]");
  }

  private Value gradient(Value loss, Value source) {
    return Autodiff.gradients(graph, loss, List.of(source)).getFirst();
  }

  /** The operations that a value depends on and that the gradient added. */
  private List<OpSpec> specs(Value value) {
    return graph.build(value).nodes().stream()
        .filter(node -> node.name().startsWith("gradient") || node.spec() instanceof Fill)
        .map(Node::spec)
        .toList();
  }
}
