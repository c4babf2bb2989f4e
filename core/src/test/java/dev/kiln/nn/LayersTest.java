package dev.kiln.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.graph.Graph;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.graph.Node;
import dev.kiln.op.ShapeException;
import dev.kiln.op.Size2d;
import dev.kiln.op.Unary;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What layers ask for and return, before anything is computed. */
class LayersTest {

  /** A layer, its input, its output, and its parameters and statistics with PyTorch's names. */
  record Case(Layer layer, List<Integer> input, List<Integer> output, String... held) {

    @Override
    public String toString() {
      return layer.describe() + " of " + input;
    }
  }

  static List<Case> layers() {
    List<Integer> image = List.of(2, 6, 9, 8);
    return List.of(
        new Case(Linear.of(5), List.of(2, 3), List.of(2, 5), "weight [5, 3]", "bias [5]"),
        new Case(Linear.of(5).withoutBias(), List.of(2, 4, 3), List.of(2, 4, 5), "weight [5, 3]"),
        new Case(Conv2d.of(4, 3), image, List.of(2, 4, 7, 6), "weight [4, 6, 3, 3]", "bias [4]"),
        new Case(
            Conv2d.of(4, new Size2d(1, 5)).withoutBias(),
            image,
            List.of(2, 4, 9, 4),
            "weight [4, 6, 1, 5]"),
        new Case(
            Conv2d.of(4, 3).withStride(2).withPadding(1).withGroups(2).withoutBias(),
            image,
            List.of(2, 4, 5, 4),
            "weight [4, 3, 3, 3]"),
        new Case(
            Conv2d.of(4, 3)
                .withStride(new Size2d(1, 2))
                .withPadding(new Size2d(2, 0))
                .withoutBias(),
            image,
            List.of(2, 4, 11, 3),
            "weight [4, 6, 3, 3]"),
        new Case(
            Conv2d.of(4, 3).withDilation(3).withoutBias(),
            image,
            List.of(2, 4, 3, 2),
            "weight [4, 6, 3, 3]"),
        new Case(
            Conv2d.of(4, 5).withSamePadding().withDilation(2).withoutBias(),
            image,
            List.of(2, 4, 9, 8),
            "weight [4, 6, 5, 5]"),
        new Case(
            Conv2d.of(4, new Size2d(4, 2)).withSamePadding().withoutBias(),
            image,
            List.of(2, 4, 9, 8),
            "weight [4, 6, 4, 2]"),
        new Case(MaxPool2d.of(2), image, List.of(2, 6, 4, 4)),
        new Case(MaxPool2d.of(3).withStride(2).withPadding(1), image, List.of(2, 6, 5, 4)),
        new Case(AveragePool2d.of(2), image, List.of(2, 6, 4, 4)),
        new Case(
            AveragePool2d.of(3).withStride(1).withPadding(1).withoutCountingPadding(),
            image,
            image),
        new Case(new GlobalAveragePool2d(), image, List.of(2, 6)),
        new Case(
            BatchNorm.of(),
            image,
            image,
            "weight [6]",
            "bias [6]",
            "running_mean [6]",
            "running_var [6]"),
        new Case(LayerNorm.of(), List.of(2, 4, 3), List.of(2, 4, 3), "weight [3]", "bias [3]"),
        new Case(
            LayerNorm.overLast(2),
            List.of(2, 4, 3),
            List.of(2, 4, 3),
            "weight [4, 3]",
            "bias [4, 3]"),
        new Case(
            Recurrent.rnn(5),
            List.of(2, 4, 3),
            List.of(2, 4, 5),
            "weight_ih_l0 [5, 3]",
            "weight_hh_l0 [5, 5]",
            "bias_ih_l0 [5]",
            "bias_hh_l0 [5]"),
        new Case(
            Recurrent.gru(5).withLayers(2).lastStep(),
            List.of(2, 4, 3),
            List.of(2, 5),
            "weight_ih_l0 [15, 3]",
            "weight_hh_l0 [15, 5]",
            "weight_ih_l1 [15, 5]",
            "weight_hh_l1 [15, 5]",
            "bias_ih_l0 [15]",
            "bias_hh_l0 [15]",
            "bias_ih_l1 [15]",
            "bias_hh_l1 [15]"),
        new Case(
            Recurrent.lstm(5).inBothDirections().withDropout(0.2),
            List.of(2, 4, 3),
            List.of(2, 4, 10),
            "weight_ih_l0 [20, 3]",
            "weight_hh_l0 [20, 5]",
            "weight_ih_l0_reverse [20, 3]",
            "weight_hh_l0_reverse [20, 5]",
            "bias_ih_l0 [20]",
            "bias_hh_l0 [20]",
            "bias_ih_l0_reverse [20]",
            "bias_hh_l0_reverse [20]"),
        new Case(Dropout.of(0.5), image, image),
        new Case(new Flatten(), image, List.of(2, 432)),
        new Case(Activation.RELU, image, image),
        new Case(new Activation(Unary.SOFTSIGN), image, image),
        new Case(Softmax.of(), image, image),
        new Case(new Identity(), image, image),
        new Case(Perceptron.of(1), List.of(2, 3), List.of(2, 1), "weight [1, 3]", "bias [1]"),
        new Case(
            Residual.of(Conv2d.of(6, 3).withPadding(1).withoutBias()),
            image,
            image,
            "body.weight [6, 6, 3, 3]"),
        new Case(
            Residual.of(Conv2d.of(4, 3).withPadding(1), Conv2d.of(4, 1).withoutBias()),
            image,
            List.of(2, 4, 9, 8),
            "body.weight [4, 6, 3, 3]",
            "body.bias [4]",
            "shortcut.weight [4, 6, 1, 1]"),
        new Case(
            Sequential.of(Linear.of(4), Activation.TANH, Linear.of(1)),
            List.of(2, 3),
            List.of(2, 1),
            "0.weight [4, 3]",
            "0.bias [4]",
            "2.weight [1, 4]",
            "2.bias [1]"));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void asksForPyTorchsTensorsAndReturnsItsShape(Case of) {
    Network network = network(of.layer(), TensorType.of(DType.F32, new Shape(of.input())));
    List<String> held =
        new ArrayList<>(
            network.parameters().stream().map(p -> p.name() + " " + p.shape()).toList());
    network.statistics().forEach(s -> held.add(s.name() + " " + s.shape()));
    assertThat(held).containsExactly(of.held());
    assertThat(network.layers().getLast().output()).isEqualTo(new Shape(of.output()));
  }

  @Test
  void embeddingTurnsNumbersIntoVectors() {
    Network network = network(Embedding.of(10, 4), TensorType.of(DType.I64, 2, 7));
    assertThat(network.layers().getLast().output()).isEqualTo(Shape.of(2, 7, 4));
    assertThat(network.parameters().getFirst().shape()).isEqualTo(Shape.of(10, 4));
  }

  @Test
  void oneHotTurnsNumbersIntoUnitVectors() {
    Network network = network(OneHot.of(10), TensorType.of(DType.I64, 2, 7));
    assertThat(network.layers().getLast().output()).isEqualTo(Shape.of(2, 7, 10));
    assertThat(network.parameters()).isEmpty();
  }

  @Test
  void recurrentLayersBeginWithinOneOverTheRootOfTheirUnits() {
    double[] flat =
        network(Recurrent.gru(25).withLayers(2), TensorType.of(DType.F32, 1, 2, 3))
            .initialParameters(1)
            .toDoubleArray();
    assertThat(Arrays.stream(flat)).allMatch(value -> Math.abs(value) <= 0.2);
    assertThat(Arrays.stream(flat).map(Math::abs).max().orElseThrow()).isGreaterThan(0.19);
  }

  @Test
  void dropoutBetweenRecurrentLayersTakesOneStreamForEach() {
    Layer stack = Recurrent.rnn(3).withLayers(4).withDropout(0.1);
    Layer network = Sequential.of(new Flatten(), reshaped(stack), Dropout.of(0.5));
    assertThat(graph(network, Mode.TRAINING).nodes())
        .extracting(Node::spec)
        .contains(new dev.kiln.op.Dropout(0.5, 3))
        .anySatisfy(spec ->
            assertThat(spec)
                .isInstanceOfSatisfying(
                    dev.kiln.op.Recurrent.class,
                    recurrent ->
                        assertThat(recurrent.dropoutAfter(2))
                            .isEqualTo(new dev.kiln.op.Dropout(0.1, 2))));
    assertThat(graph(network, Mode.INFERENCE).nodes())
        .extracting(Node::spec)
        .filteredOn(dev.kiln.op.Recurrent.class::isInstance)
        .singleElement()
        .satisfies(spec -> assertThat(((dev.kiln.op.Recurrent) spec).hasDropout()).isFalse());
  }

  /** Sees [N, F] as N sequences of F steps. */
  private static Layer reshaped(Layer stack) {
    return (scope, x) ->
        stack.apply(scope, scope.ops().reshape(x, x.shape().dim(0), x.shape().dim(1), 1));
  }

  @Test
  void normalizationBeginsAsTheIdentity() {
    Network network = network(BatchNorm.of(), TensorType.of(DType.F32, 2, 3));
    assertThat(network.statistics())
        .containsExactly(
            new Statistic("running_mean", Shape.of(3), 0),
            new Statistic("running_var", Shape.of(3), 1));
    double[] flat = network.initialParameters(1).toDoubleArray();
    assertThat(Arrays.copyOf(flat, 3)).containsOnly(1);
    assertThat(Arrays.copyOfRange(flat, 16, 19)).containsOnly(0);
  }

  @Test
  void linearAndConvolutionBeginWithinOneOverTheRootOfTheirInputs() {
    for (Layer layer : List.of(Linear.of(50), Conv2d.of(50, 1))) {
      TensorType x =
          layer instanceof Linear
              ? TensorType.of(DType.F32, 1, 25)
              : TensorType.of(DType.F32, 1, 25, 2, 2);
      double[] flat = network(layer, x).initialParameters(1).toDoubleArray();
      assertThat(Arrays.stream(flat)).allMatch(value -> Math.abs(value) <= 0.2);
      assertThat(Arrays.stream(flat, 0, 1250).map(Math::abs).max().orElseThrow())
          .isGreaterThan(0.19);
      double[] bias = Arrays.copyOfRange(flat, 1264, 1314);
      assertThat(Arrays.stream(bias).map(Math::abs).max().orElseThrow()).isGreaterThan(0.17);
    }
  }

  @Test
  void differsBetweenTrainingAndInferenceOnlyInDropoutAndBatchNorm() {
    Layer network = Sequential.of(Linear.of(3), BatchNorm.of(), Dropout.of(0.5), Activation.RELU);
    assertThat(operations(network, Mode.TRAINING))
        .containsExactly("linear", "batch_norm", "dropout", "relu");
    assertThat(operations(network, Mode.INFERENCE))
        .containsExactly("linear", "batch_norm_inference", "relu");
  }

  @Test
  void trainingMovesRunningStatisticsAndInferenceDoesNot() {
    assertThat(graph(BatchNorm.of(), Mode.TRAINING).updates())
        .extracting(update -> update.variable().name())
        .containsExactly("running_mean", "running_var");
    assertThat(graph(BatchNorm.of(), Mode.INFERENCE).updates()).isEmpty();
  }

  @Test
  void refusesToMoveOneLayersRunningStatisticsTwiceInAStep() {
    Layer norm = BatchNorm.of();
    Layer twice = (scope, x) -> scope.child("norm", norm, scope.child("norm", norm, x));
    assertThatThrownBy(() -> graph(twice, Mode.TRAINING))
        .hasMessageContaining("norm.running_mean: F32[3] is updated twice in one step");
    assertThat(graph(twice, Mode.INFERENCE).nodes())
        .extracting(node -> node.spec().opName())
        .containsOnly("view", "batch_norm_inference");
  }

  @Test
  void dropoutsOfOneNetworkUseStreamsOfTheirOwn() {
    Layer network = Sequential.of(Dropout.of(0.1), Dropout.of(0.1), Dropout.of(0.1));
    assertThat(graph(network, Mode.TRAINING).nodes())
        .extracting(Node::spec)
        .containsExactly(
            new dev.kiln.op.Dropout(0.1, 0),
            new dev.kiln.op.Dropout(0.1, 1),
            new dev.kiln.op.Dropout(0.1, 2));
  }

  @Test
  void refusesInputsThatDoNotFitAndNamesTheLayer() {
    TensorType vector = TensorType.of(DType.F32, 4);
    TensorType matrix = TensorType.of(DType.F32, 4, 6);
    TensorType image = TensorType.of(DType.F32, 4, 6, 8, 8);
    refuses(Linear.of(3), vector, "0: linear: x must have at least two dimensions");
    refuses(Conv2d.of(3, 2), matrix, "0: conv2d: x must have the dimensions [N, C, H, W]");
    refuses(Conv2d.of(3, 9), image, "0: conv2d: the dilated filter must not be larger");
    refuses(Conv2d.of(8, 3).withGroups(4), image, "0: conv2d: the 6 channels of x");
    refuses(Conv2d.of(8, 3).withGroups(3), image, "0: conv2d: the 8 output channels");
    refuses(new GlobalAveragePool2d(), matrix, "0: global_average_pool2d: x must have");
    refuses(BatchNorm.of(), vector, "0: batch_norm: x must have the dimensions [N, C]");
    refuses(LayerNorm.overLast(2), matrix, "0: layer_norm: x must have the batch and at least 2");
    refuses(MaxPool2d.of(9), image, "0: pool2d: the window must not be larger");
    refuses(Embedding.of(3, 3), matrix, "0: embedding: indices must hold whole numbers");
    refuses(Recurrent.gru(3), matrix, "0: recurrent: x must be [N, T, features]");
    refuses(OneHot.of(3), matrix, "0: one_hot: indices must hold whole numbers");
    refuses(new Softmax(5), matrix, "0: softmax: ");
    refuses(
        Residual.of(new GlobalAveragePool2d()),
        image,
        "0: residual: body and shortcut must return one shape, but got [4, 6] and [4, 6, 8, 8]");
  }

  private static void refuses(Layer layer, TensorType x, String message) {
    assertThatThrownBy(() -> network(Sequential.of(layer), x))
        .isInstanceOf(ShapeException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void refusesSettingsThatHaveNoMeaning() {
    assertThatThrownBy(() -> Linear.of(0)).hasMessageContaining("but is 0");
    assertThatThrownBy(() -> Conv2d.of(0, 3)).hasMessageContaining("0 filters of 3x3");
    assertThatThrownBy(() -> Conv2d.of(3, 0)).hasMessageContaining("3 filters of 0x0");
    assertThatThrownBy(() -> Conv2d.of(3, 3).withSamePadding().withStride(2))
        .hasMessageContaining("same padding keeps the image's size, which stride 2x2 does not");
    assertThatThrownBy(() -> MaxPool2d.of(2).withPadding(2))
        .hasMessageContaining("half the kernel");
    assertThatThrownBy(() -> AveragePool2d.of(0)).hasMessageContaining("kernel 0x0");
    assertThatThrownBy(() -> Dropout.of(1)).hasMessageContaining("[0, 1), not 1.0");
    assertThatThrownBy(() -> Embedding.of(0, 1)).hasMessageContaining("0 rows of 1 features");
    assertThatThrownBy(() -> OneHot.of(0)).hasMessageContaining("not 0");
    assertThatThrownBy(() -> Recurrent.lstm(0)).hasMessageContaining("are 0 and 1");
    assertThatThrownBy(() -> Recurrent.gru(3).withDropout(1)).hasMessageContaining("not 1.0");
    assertThatThrownBy(() -> new BatchNorm(2, 1e-5)).hasMessageContaining("momentum 2.0");
    assertThatThrownBy(() -> LayerNorm.overLast(0)).hasMessageContaining("dims 0");
  }

  @Test
  void describesItselfAsItIsWritten() {
    assertThat(
            List.of(
                Linear.of(10),
                Linear.of(10).withoutBias(),
                Conv2d.of(20, 5),
                Conv2d.of(8, 3).withSamePadding().withGroups(2).withoutBias(),
                Conv2d.of(8, 3).withStride(2).withPadding(1).withDilation(2),
                MaxPool2d.of(2),
                MaxPool2d.of(3).withStride(2).withPadding(1),
                Activation.LEAKY_RELU,
                Dropout.of(0.5),
                BatchNorm.of(),
                Recurrent.gru(128),
                Recurrent.lstm(64).withLayers(2).inBothDirections().withDropout(0.3),
                OneHot.of(27),
                (Layer) (scope, x) -> x))
        .extracting(Layer::describe)
        .containsExactly(
            "Linear(10)",
            "Linear(10, no bias)",
            "Conv2d(20, 5x5)",
            "Conv2d(8, 3x3, same padding, 2 groups, no bias)",
            "Conv2d(8, 3x3, stride 2x2, padding 1x1, dilation 2x2)",
            "MaxPool2d(2x2)",
            "MaxPool2d(3x3, stride 2x2, padding 1x1)",
            "Activation(leaky_relu)",
            "Dropout(0.5)",
            "BatchNorm",
            "Gru(128)",
            "Lstm(64, 2 layers, both directions, dropout 0.3)",
            "OneHot(27)",
            "function");
  }

  private static Network network(Layer layer, TensorType x) {
    return Network.of(model(layer), DType.F32, List.of(x));
  }

  /** A model whose loss is the sum of what the layer returns. */
  private static Model model(Layer layer) {
    return (scope, batch) -> {
      Value y = scope.root(layer, batch.getFirst());
      return new Outcome(scope.ops().sum(y), y);
    };
  }

  private static Graph graph(Layer layer, Mode mode) {
    TensorType type = TensorType.of(DType.F32, 4, 3);
    GraphBuilder graph = new GraphBuilder();
    Value x = graph.input("x", type);
    Value counter = graph.input("counter", TensorType.of(DType.I64, 2));
    Outcome outcome = network(layer, type).apply(graph, List.of(x), counter, mode).outcome();
    return graph.build(outcome.predictions());
  }

  private static List<String> operations(Layer layer, Mode mode) {
    return graph(layer, mode).nodes().stream()
        .map(node -> node.spec().opName())
        .filter(name -> !name.equals("view"))
        .toList();
  }
}
