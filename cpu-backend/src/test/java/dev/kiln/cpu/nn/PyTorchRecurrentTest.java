package dev.kiln.cpu.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.check.Deviation;
import dev.kiln.check.Tolerance;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Mode;
import dev.kiln.nn.Model;
import dev.kiln.nn.Network;
import dev.kiln.nn.Outcome;
import dev.kiln.nn.Recurrent;
import dev.kiln.op.Value;
import dev.kiln.safetensors.SafetensorsFile;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * State dicts of PyTorch's recurrent networks load by their names and give PyTorch's outputs, on
 * sequences of different lengths. The files are written by {@code src/test/python}.
 */
class PyTorchRecurrentTest {

  private static final Tolerance SINGLE_PRECISION = new Tolerance(1e-5, 1e-6);

  /** A network of the script, and the same in Kiln. */
  record Case(String backend, String file, Recurrent stack) {}

  static Stream<Case> cases() {
    return Stream.of("reference", "onednn")
        .flatMap(backend ->
            Stream.of(
                new Case(backend, "rnn", Recurrent.rnn(4)),
                new Case(backend, "lstm", Recurrent.lstm(4).withLayers(2).inBothDirections()),
                new Case(backend, "gru", Recurrent.gru(4).withLayers(3))));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aStateDictLoadsAndGivesPyTorchsOutputs(Case of) throws IOException {
    Map<String, Tensor> parameters = read(of.file);
    Map<String, Tensor> example = takeExample(parameters);
    Tensor x = example.get("x");
    Tensor lengths = example.get("lengths");
    Network network = Network.of(model(of.stack), DType.F32, List.of(x.type(), lengths.type()));
    GraphBuilder graph = new GraphBuilder();
    Value fedX = graph.input("x", x.type());
    Value fedLengths = graph.input("lengths", lengths.type());
    Value counter = graph.input("counter", TensorType.of(DType.I64, 2));
    Outcome outcome =
        network.apply(graph, List.of(fedX, fedLengths), counter, Mode.INFERENCE).outcome();
    try (Backend backend = Backends.open(of.backend, 0);
        Variables variables = new Variables(backend);
        Session session =
            Session.open(backend, graph.build(outcome.predictions(), outcome.loss()), variables)) {
      variables.write(Network.PARAMETERS, network.flat(parameters));
      session.feed(fedX, x);
      session.feed(fedLengths, lengths);
      session.run();
      assertClose("logits", session.read(outcome.predictions()), example.get("logits"));
      double lastSum = 0;
      for (double value : example.get("last").toDoubleArray()) {
        lastSum += value * value;
      }
      assertThat(session.read(outcome.loss()).item()).isCloseTo(lastSum, within(1e-5));
    }
  }

  /** Logits of every step; in the place of a loss the sum of the squares of all last states. */
  private static Model model(Recurrent stack) {
    return (scope, batch) -> {
      Recurrent.Input input = Recurrent.Input.of(batch.get(0)).withLengths(batch.get(1));
      Recurrent.Result result = scope.child("rnn", stack, input);
      Value logits = scope.child("out", Linear.of(2), result.outputs());
      Value last = result.last().h();
      return new Outcome(scope.ops().sum(scope.ops().mul(last, last)), logits);
    };
  }

  @Test
  void namesWhatIsMissingOrUnknown() throws IOException {
    Map<String, Tensor> parameters = read("rnn");
    takeExample(parameters);
    parameters.put("rnn.weight_hr_l0", parameters.remove("rnn.bias_hh_l0"));
    Network network =
        Network.of(
            model(Recurrent.rnn(4)),
            DType.F32,
            List.of(TensorType.of(DType.F32, 3, 5, 3), TensorType.of(DType.I64, 3)));
    assertThatThrownBy(() -> network.flat(parameters))
        .hasMessageContaining("missing [rnn.bias_hh_l0], unknown [rnn.weight_hr_l0]");
  }

  @Test
  void refusesAnotherShape() throws IOException {
    Map<String, Tensor> parameters = read("rnn");
    takeExample(parameters);
    Network network =
        Network.of(
            model(Recurrent.rnn(5)),
            DType.F32,
            List.of(TensorType.of(DType.F32, 3, 5, 3), TensorType.of(DType.I64, 3)));
    assertThatThrownBy(() -> network.flat(parameters))
        .hasMessageContaining("parameter rnn.weight_ih_l0 has the shape [5, 3]")
        .hasMessageContaining("F32[4, 3]");
  }

  private static Map<String, Tensor> read(String name) throws IOException {
    String file = "pytorch-" + name + ".safetensors";
    try (InputStream stream = PyTorchRecurrentTest.class.getResourceAsStream(file);
        SafetensorsFile content =
            SafetensorsFile.of(file, Objects.requireNonNull(stream).readAllBytes())) {
      return new HashMap<>(content.readAll());
    }
  }

  /** Removes what the script added to the state dict. */
  private static Map<String, Tensor> takeExample(Map<String, Tensor> tensors) {
    Map<String, Tensor> example = new HashMap<>();
    String prefix = "example.";
    for (String name : List.copyOf(tensors.keySet())) {
      if (name.startsWith(prefix)) {
        example.put(name.substring(prefix.length()), tensors.remove(name));
      }
    }
    return example;
  }

  private static void assertClose(String name, Tensor got, Tensor want) {
    assertThat(SINGLE_PRECISION.worst(name, got, want))
        .matches(Deviation::passes, "is within tolerance");
  }
}
