package dev.kiln.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.backend.Backend;
import dev.kiln.cpu.reference.ReferenceProvider;
import dev.kiln.graph.Autodiff;
import dev.kiln.graph.Graph;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.graph.Node;
import dev.kiln.graph.Ops;
import dev.kiln.op.BatchNorm;
import dev.kiln.op.BatchNormInference;
import dev.kiln.op.Cast;
import dev.kiln.op.Conv2d;
import dev.kiln.op.Dropout;
import dev.kiln.op.Pool2d;
import dev.kiln.op.Reduce;
import dev.kiln.op.Reorder;
import dev.kiln.op.Size2d;
import dev.kiln.op.Unary;
import dev.kiln.op.Value;
import dev.kiln.tensor.ChannelsLast;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever may stand between two convolutions leaves the channels last, and computes the same. */
class ChannelsLastOperationsTest {

  private static final int CHANNELS = 6;

  /** About ten units in the last place of F16. */
  private static final double TOLERANCE = 0.01;

  private static final Conv2d SAME = Conv2d.PLAIN.withPadding(Size2d.square(1));
  private static final Size2d TWO = Size2d.square(2);

  @AfterEach
  void nothingIsLeftAndNoRuleOfCudaWasBroken() {
    assertThat(CudaOnHost.report()).isEmpty();
  }

  /** What stands between two convolutions, of an image [3, 6, 5, 7] in F16. */
  private interface Between {
    Value of(Ops ops, Parts parts, Value x);
  }

  /** Gives further operands, and remembers them. */
  private record Parts(GraphBuilder graph, List<Value> given) {

    Value of(DType dtype, int... dims) {
      Value value = graph.input("operand" + given.size(), TensorType.of(dtype, dims));
      given.add(value);
      return value;
    }
  }

  static Stream<Arguments> between() {
    return Stream.of(
        arguments("nothing", (ops, parts, x) -> x),
        arguments("rectifier", (ops, parts, x) -> ops.relu(x)),
        arguments("GELU", (ops, parts, x) -> ops.unary(Unary.GELU, x)),
        arguments("scale and shift", (ops, parts, x) -> ops.affine(x, 0.5, 0.25)),
        arguments("clamp", (ops, parts, x) -> ops.clamp(x, -0.5, 0.5)),
        arguments("residual addition", (ops, parts, x) -> ops.add(ops.tanh(x), x)),
        arguments(
            "addition of rows",
            (ops, parts, x) -> ops.add(x, parts.of(DType.F16, x.shape().toArray()))),
        arguments(
            "product with one number per channel",
            (ops, parts, x) -> ops.mul(x, parts.of(DType.F16, 3, CHANNELS, 1, 1))),
        arguments(
            "product with one number per pixel",
            (ops, parts, x) -> ops.mul(parts.of(DType.F16, 5, 7), x)),
        arguments(
            "squeeze and excitation",
            (ops, parts, x) ->
                ops.mul(x, ops.sigmoid(ops.reshape(ops.mean(x, 2, 3), 3, CHANNELS, 1, 1)))),
        arguments(
            "mean over channels",
            (ops, parts, x) ->
                ops.sub(x, parts.graph.apply(new Reduce(Reduce.Kind.MEAN, List.of(1), true), x))),
        arguments("maximum pooling", (ops, parts, x) -> ops.pool2d(pool(Pool2d.Kind.MAX), x)),
        arguments(
            "average pooling",
            (ops, parts, x) -> ops.pool2d(pool(Pool2d.Kind.AVERAGE_EXCLUDING_PADDING), x)),
        arguments(
            "dropout",
            (ops, parts, x) -> ops.dropout(new Dropout(0.4, 5), x, parts.of(DType.I64, 2))),
        arguments(
            "batch normalization",
            (ops, parts, x) ->
                parts.graph.add(new BatchNorm(0.1, 1e-5), withStatistics(parts, x)).getFirst()),
        arguments(
            "batch normalization outside training",
            (ops, parts, x) ->
                parts.graph.add(new BatchNormInference(1e-5), withStatistics(parts, x)).getFirst()),
        arguments("concatenation of channels", (ops, parts, x) -> ops.concat(1, x, ops.tanh(x))),
        arguments("slice of channels", (ops, parts, x) -> ops.slice(x, 1, 1, 4)),
        arguments("flipped axes", (ops, parts, x) -> ops.transpose(x, 0, 1, 3, 2)),
        arguments(
            "F32 for a while",
            (ops, parts, x) ->
                parts.graph.apply(
                    new Cast(DType.F16),
                    ops.unary(Unary.SOFTPLUS, parts.graph.apply(new Cast(DType.F32), x)))));
  }

  private static Arguments arguments(String name, Between between) {
    return Arguments.of(name, between);
  }

  private static Pool2d pool(Pool2d.Kind kind) {
    return new Pool2d(kind, TWO, TWO, Size2d.square(1));
  }

  private static List<Value> withStatistics(Parts parts, Value x) {
    List<Value> operands = new ArrayList<>(List.of(x));
    for (int i = 0; i < 4; i++) {
      operands.add(parts.of(DType.F32, CHANNELS));
    }
    return operands;
  }

  /** Both round to F16 what they compute, and a sum in another order may round otherwise. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("between")
  void betweenConvolutionsStandTheNumbersOfTheReference(String name, Between between) {
    Graph graph = betweenConvolutions(between);
    List<Tensor> expected =
        GraphRuns.outputs(new ReferenceProvider(), graph, ChannelsLastOperationsTest::values);
    List<Tensor> actual =
        GraphRuns.outputs(CudaOnHost.provider(), graph, ChannelsLastOperationsTest::values);
    for (int i = 0; i < expected.size(); i++) {
      double[] want = expected.get(i).toDoubleArray();
      double largest = Arrays.stream(want).map(Math::abs).max().orElseThrow();
      assertThat(actual.get(i).toDoubleArray())
          .as(graph.outputs().get(i).name())
          .containsExactly(want, within(TOLERANCE * Math.max(1, largest)));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("between")
  void nothingIsReorderedBetweenConvolutions(String name, Between between) {
    Graph graph = betweenConvolutions(between);
    try (Backend backend = CudaOnHost.provider().open(0)) {
      Graph lowered = backend.lower(graph);
      Set<Value> edges = new HashSet<>(lowered.inputs());
      edges.addAll(lowered.outputs());
      assertThat(lowered.nodes())
          .filteredOn(node -> node.spec() instanceof Reorder)
          .allMatch(node ->
              edges.contains(node.inputs().getFirst())
                  || edges.contains(node.outputs().getFirst()));
      assertThat(lowered.nodes())
          .filteredOn(node -> isConvolution(node) && node.outputs().getFirst().shape().dim(1) > 1)
          .allMatch(
              node -> node.inputs().stream().anyMatch(ChannelsLastOperationsTest::isChannelsLast));
    }
  }

  /** The operation between two convolutions, and the gradients of images and filters. */
  private static Graph betweenConvolutions(Between between) {
    GraphBuilder graph = new GraphBuilder();
    Parts parts = new Parts(graph, new ArrayList<>());
    Ops ops = graph.ops();
    Value x = parts.of(DType.F16, 3, 4, 5, 7);
    Value filters = parts.of(DType.F16, CHANNELS, 4, 3, 3);
    Value bias = parts.of(DType.F16, CHANNELS);
    Value middle = between.of(ops, parts, ops.conv2d(SAME, x, filters, bias));
    Value last = parts.of(DType.F16, 5, middle.shape().dim(1), 3, 3);
    Value y = ops.conv2d(SAME, middle, last);
    Value upstream = graph.input("upstream", y.type());
    List<Value> wanted = new ArrayList<>(List.of(y));
    wanted.addAll(
        Autodiff.gradients(graph, List.of(y), List.of(upstream), List.of(x, filters, bias, last)));
    return graph.build(wanted);
  }

  /** Numbers that differ in every place; positive where they may be variances. */
  private static Tensor values(TensorType type, int salt) {
    Tensor tensor = Tensor.allocate(type);
    for (int i = 0; i < type.elements(); i++) {
      double wave = Math.sin(3.7 * i + salt + 0.01 * i * i);
      tensor.set(
          i, type.dtype() == DType.I64 ? 11 + i : type.shape().rank() == 1 ? 1 + wave / 2 : wave);
    }
    return tensor;
  }

  private static boolean isConvolution(Node node) {
    return node.spec() instanceof Conv2d
        || node.spec() instanceof Conv2d.InputGrad
        || node.spec() instanceof Conv2d.WeightGrad;
  }

  private static boolean isChannelsLast(Value value) {
    return value.type().layout() == ChannelsLast.LAYOUT;
  }
}
