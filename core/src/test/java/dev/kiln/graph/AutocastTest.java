package dev.kiln.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.op.BatchNorm;
import dev.kiln.op.Cast;
import dev.kiln.op.Conv2d;
import dev.kiln.op.Linear;
import dev.kiln.op.OpSpec;
import dev.kiln.op.Unary;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which types operations get under automatic casts; their values are the backends' business. */
class AutocastTest {

  private final GraphBuilder graph = new GraphBuilder();
  private final Ops ops = graph.ops();
  private final Value x = graph.input("x", TensorType.of(DType.F32, 4, 3));
  private final Value weight = graph.variable("weight", TensorType.of(DType.F32, 2, 3));
  private final Value labels = graph.input("labels", TensorType.of(DType.I64, 4));

  private <T> T low(Supplier<T> body) {
    return graph.autocast(DType.BF16, body);
  }

  private long count(OpSpec spec) {
    return graph.nodes().stream().filter(node -> node.spec().equals(spec)).count();
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void productsTakeTheLowType(DType low) {
    assertThat(graph.autocast(low, () -> ops.linear(x, weight)).type())
        .isEqualTo(TensorType.of(low, 4, 2));
  }

  @Test
  void whatStandsBetweenProductsFollowsItsOperands() {
    Value y = low(() -> ops.relu(ops.tanh(ops.linear(x, weight))));
    assertThat(y.type().dtype()).isEqualTo(DType.BF16);
    assertThat(low(() -> ops.relu(x)).type().dtype()).isEqualTo(DType.F32);
  }

  @Test
  void lossesSumsAndWhatGrowsAreComputedInF32() {
    Value y = low(() -> ops.linear(x, weight));
    assertThat(low(() -> ops.crossEntropy(y, labels)).type()).isEqualTo(TensorType.of(DType.F32));
    assertThat(low(() -> ops.softmax(y, 1)).type().dtype()).isEqualTo(DType.F32);
    assertThat(low(() -> ops.mean(y)).type()).isEqualTo(TensorType.of(DType.F32));
    assertThat(low(() -> ops.unary(Unary.EXP, y)).type().dtype()).isEqualTo(DType.F32);
  }

  @Test
  void operandsOfTwoTypesMeetInTheWiderOne() {
    Value target = graph.input("target", TensorType.of(DType.F32, 4, 2));
    assertThat(low(() -> ops.sub(ops.linear(x, weight), target)).type().dtype())
        .isEqualTo(DType.F32);
  }

  @Test
  void statisticsOfBatchNormalizationStayF32() {
    Value image = graph.input("image", TensorType.of(DType.F32, 2, 3, 5, 5));
    Value filters = graph.variable("filters", TensorType.of(DType.F32, 3, 3, 3, 3));
    Value each = graph.variable("each", TensorType.of(DType.F32, 3));
    List<Value> results =
        low(() ->
            graph.add(
                new BatchNorm(0.1, 1e-5),
                List.of(ops.conv2d(Conv2d.PLAIN, image, filters), each, each, each, each)));
    assertThat(results.getFirst().type()).isEqualTo(TensorType.of(DType.BF16, 2, 3, 3, 3));
    assertThat(results.subList(1, 5))
        .allSatisfy(statistic -> assertThat(statistic.type()).isEqualTo(each.type()));
  }

  @Test
  void aValueIsCastOnceHoweverOftenItIsUsed() {
    low(() -> ops.add(ops.linear(x, weight), ops.linear(x, weight)));
    assertThat(count(new Linear())).isEqualTo(2);
    assertThat(count(new Cast(DType.BF16))).isEqualTo(2);
  }

  /** Back to the low type is where the value came from: nothing is lost by leaving the cast out. */
  @Test
  void whatWasOnlyWidenedIsNotRoundedAgain() {
    Value square = graph.variable("square", TensorType.of(DType.F32, 2, 2));
    low(() -> {
      Value y = ops.linear(x, weight);
      ops.mean(y);
      return ops.linear(graph.cast(y, DType.F32), square);
    });
    assertThat(count(new Cast(DType.BF16))).isEqualTo(3);
    assertThat(count(new Cast(DType.F32))).isEqualTo(1);
  }

  @Test
  void gradientsOfParametersAreF32AndProductsBackwardsTakeTheLowType() {
    Value loss = low(() -> ops.crossEntropy(ops.linear(x, weight), labels));
    Value gradient = Autodiff.gradients(graph, loss, List.of(weight)).getFirst();
    assertThat(gradient.type()).isEqualTo(weight.type());
    assertThat(graph.nodes())
        .filteredOn(node -> node.spec().opName().equals("mat_mul"))
        .isNotEmpty()
        .allSatisfy(node ->
            assertThat(node.inputs())
                .allSatisfy(input -> assertThat(input.type().dtype()).isEqualTo(DType.BF16)));
  }

  @Test
  void aVariablesNextValueGetsTheVariablesType() {
    Value state = graph.variable("state", TensorType.of(DType.F32, 4, 2));
    Value next =
        low(() -> {
          Value y = ops.linear(x, weight);
          graph.update(state, y);
          return y;
        });
    Graph built = graph.build(next);
    assertThat(built.updates())
        .extracting(update -> update.next().type())
        .containsExactly(state.type());
  }

  @Test
  void outsideNothingIsCast() {
    low(() -> ops.linear(x, weight));
    assertThat(ops.linear(x, weight).type().dtype()).isEqualTo(DType.F32);
    assertThat(ops.fill(DType.F32, Shape.SCALAR, 1).type().dtype()).isEqualTo(DType.F32);
  }
}
