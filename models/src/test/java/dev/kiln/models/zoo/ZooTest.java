package dev.kiln.models.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.graph.GraphBuilder;
import dev.kiln.nn.LayerVisit;
import dev.kiln.nn.Mode;
import dev.kiln.nn.Models;
import dev.kiln.nn.Network;
import dev.kiln.nn.Parameter;
import dev.kiln.nn.Statistic;
import dev.kiln.op.ShapeException;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZooTest {

  private static final int BATCH = 4;

  /**
   * The counts by hand, layer by layer:
   *
   * <ul>
   *   <li>mlp: 784 128 + 128 + 128 10 + 10
   *   <li>digits-cnn: 32 9 + 32 + 64 + 32 32 9 + 32 + 64 + 128 10 + 10
   *   <li>lenet: 20 25 + 20 + 50 20 25 + 50 + 800 500 + 500 + 500 10 + 10
   *   <li>vgg6bn: convolutions 287,008, normalizations 2 2 (32 + 64 + 128), linear 524,544 + 2,570
   *   <li>resnet18: the count that others state for the CIFAR form
   *   <li>cnn: of an image 32 9 + 32 + 64 32 9 + 64 + 64 7 7 10 + 10; of a sequence 32 5 + 32 + 64
   *       32 5 + 64 + 64 13 10 + 10
   *   <li>rnn, gru, lstm: 1, 3 and 4 gates of 128 (features + 128 + 2), then 128 10 + 10
   * </ul>
   */
  @ParameterizedTest
  @CsvSource({
    "perceptron, 1 28 28, 7850",
    "mlp, 1 28 28, 101770",
    "digits-cnn, 1 8 8, 10986",
    "lenet, 1 28 28, 431080",
    "vgg6bn, 3 32 32, 815018",
    "resnet18, 3 32 32, 11173962",
    "cnn, 1 28 28, 50186",
    "cnn, 52 1, 18826",
    "rnn, 1 28 28, 21514",
    "gru, 1 28 28, 61962",
    "lstm, 1 28 28, 82186",
    "gru, 52 1, 51594"
  })
  void hasTheKnownNumberOfParameters(String name, String input, long parameters) {
    assertThat(network(name, shape(input), 10).parameterCount()).isEqualTo(parameters);
  }

  @ParameterizedTest
  @CsvSource({
    "perceptron, 30, 2",
    "mlp, 4 5, 3",
    "digits-cnn, 1 8 8, 10",
    "lenet, 3 32 32, 7",
    "vgg6bn, 1 28 28, 10",
    "resnet18, 1 16 16, 100",
    "cnn, 3 32 32, 10",
    "cnn, 33 1, 5",
    "rnn, 3 32 32, 10",
    "gru, 1 8 8, 10",
    "lstm, 33 2, 5"
  })
  void returnsLogitsForTrainingAndInferenceAtAnyBatch(String name, String input, int classes) {
    Network network = network(name, shape(input), classes);
    for (Mode mode : Mode.values()) {
      GraphBuilder graph = new GraphBuilder();
      List<Value> batch =
          types(shape(input), 7).stream().map(type -> graph.input("field", type)).toList();
      Value counter = graph.input("counter", TensorType.of(DType.I64, 2));
      Network.Applied applied = network.apply(graph, batch, counter, mode);
      assertThat(applied.outcome().predictions().shape()).isEqualTo(Shape.of(7, classes));
      assertThat(applied.outcome().loss().shape()).isEqualTo(Shape.SCALAR);
    }
  }

  @Test
  void entriesSayWhatTheyAreInOneSentence() {
    assertThat(Zoo.names())
        .containsExactly(
            "perceptron",
            "mlp",
            "digits-cnn",
            "lenet",
            "vgg6bn",
            "resnet18",
            "cnn",
            "rnn",
            "gru",
            "lstm",
            "language-id",
            "char-lm",
            "seq2seq",
            "seq2seq-attention");
    assertThat(Zoo.entries())
        .allSatisfy(
            entry -> assertThat(entry.description()).matches("[A-Z].*\\.").hasSizeLessThan(90));
  }

  @Test
  void lenetHasTheShapesOfItsDefinition() {
    assertThat(network("lenet", Shape.of(1, 28, 28), 10).layers())
        .filteredOn(visit -> !visit.name().isEmpty())
        .extracting(LayerVisit::output)
        .containsExactly(
            Shape.of(BATCH, 20, 24, 24),
            Shape.of(BATCH, 20, 24, 24),
            Shape.of(BATCH, 20, 12, 12),
            Shape.of(BATCH, 50, 8, 8),
            Shape.of(BATCH, 50, 8, 8),
            Shape.of(BATCH, 50, 4, 4),
            Shape.of(BATCH, 800),
            Shape.of(BATCH, 500),
            Shape.of(BATCH, 500),
            Shape.of(BATCH, 10));
  }

  @Test
  void resnet18NamesItsTensorsAsTorchvisionDoes() {
    Network network = network("resnet18", Shape.of(3, 32, 32), 10);
    assertThat(network.parameters())
        .extracting(Parameter::name)
        .hasSize(62)
        .startsWith("conv1.weight", "bn1.weight", "bn1.bias", "layer1.0.conv1.weight")
        .contains("layer2.0.downsample.0.weight", "layer2.0.downsample.1.bias")
        .doesNotContain("layer1.0.downsample.0.weight", "layer2.1.downsample.0.weight")
        .endsWith("layer4.1.bn2.bias", "fc.weight", "fc.bias");
    assertThat(network.statistics())
        .extracting(Statistic::name)
        .hasSize(40)
        .contains("bn1.running_mean", "layer4.0.downsample.1.running_var");
  }

  @Test
  void anUnknownNameIsAnsweredWithTheKnownOnesAndTheNearest() {
    assertThatThrownBy(() -> Zoo.find("lennet"))
        .isInstanceOf(UnknownModelException.class)
        .hasMessage(
            "there is no model 'lennet'; the models are perceptron, mlp, digits-cnn, lenet, vgg6bn,"
                + " resnet18, cnn, rnn, gru, lstm, language-id, char-lm, seq2seq,"
                + " seq2seq-attention; did you mean 'lenet'?");
    assertThatThrownBy(() -> Zoo.find("transformer")).message().doesNotContain("did you mean");
  }

  @Test
  void refusesSamplesAndClassesThatDoNotFit() {
    assertThatThrownBy(() -> Zoo.find("lenet").build(Shape.of(30), 2))
        .hasMessage(
            "model lenet takes images [C, H, W], but the samples have the shape [30]; for these"
                + " take one of the models for features");
    assertThatThrownBy(() -> Zoo.find("mlp").build(Shape.of(30), 0))
        .hasMessageContaining("the number of classes must be at least 1, but is 0");
    assertThatThrownBy(() -> network("lenet", Shape.of(1, 8, 8), 10))
        .isInstanceOf(ShapeException.class)
        .hasMessageStartingWith("3: conv2d: the dilated filter must not be larger");
  }

  private static Network network(String name, Shape input, int classes) {
    return Network.of(
        Models.classifier(Zoo.find(name).build(input, classes)), DType.F32, types(input, BATCH));
  }

  private static List<TensorType> types(Shape input, int batch) {
    int[] dims = new int[input.rank() + 1];
    dims[0] = batch;
    System.arraycopy(input.toArray(), 0, dims, 1, input.rank());
    return List.of(TensorType.of(DType.F32, dims), TensorType.of(DType.I64, batch));
  }

  private static Shape shape(String dims) {
    return Shape.of(Arrays.stream(dims.split(" ")).mapToInt(Integer::parseInt).toArray());
  }
}
