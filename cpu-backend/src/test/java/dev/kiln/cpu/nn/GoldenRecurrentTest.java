package dev.kiln.cpu.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.check.Deviation;
import dev.kiln.check.GoldenRecurrent;
import dev.kiln.check.Tolerance;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Model;
import dev.kiln.nn.Models;
import dev.kiln.nn.Network;
import dev.kiln.nn.Parameter;
import dev.kiln.nn.Recurrent;
import dev.kiln.safetensors.SafetensorsFile;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import dev.kiln.train.Learner;
import dev.kiln.train.Optimizer;
import dev.kiln.train.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** PyTorch's recurrent stacks and short trainings, in both backends of this module. */
class GoldenRecurrentTest {

  private static final List<String> BACKENDS = List.of("reference", "onednn");

  static Stream<Arguments> cases() {
    return BACKENDS.stream()
        .flatMap(backend ->
            GoldenRecurrent.OPERATIONS.stream()
                .sorted()
                .flatMap(operation ->
                    IntStream.range(0, 5)
                        .mapToObj(i -> Arguments.of(backend, operation + "." + i))));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void resultsAndGradientsArePyTorchs(String backend, String name) throws IOException {
    try (SafetensorsFile file = open(name);
        Backend opened = open(backend, name)) {
      Map<String, Tensor> tensors = file.readAll();
      List<Deviation> deviations = GoldenRecurrent.run(opened, file.metadata(), tensors);
      assertThat(deviations)
          .allMatch(Deviation::passes, "is within tolerance")
          .extracting(Deviation::tensor)
          .containsExactlyInAnyOrderElementsOf(
              tensors.keySet().stream()
                  .filter(tensor -> tensor.startsWith("out.") || tensor.startsWith("grad."))
                  .toList());
    }
  }

  static Stream<Arguments> traces() {
    return BACKENDS.stream()
        .flatMap(backend ->
            Stream.of(
                Arguments.of(backend, "rnn", Recurrent.rnn(12)),
                Arguments.of(backend, "gru", Recurrent.gru(12)),
                Arguments.of(backend, "lstm", Recurrent.lstm(12))));
  }

  @ParameterizedTest
  @MethodSource("traces")
  void tenStepsOfTrainingArePyTorchs(String backend, String name, Recurrent stack)
      throws IOException {
    Model model =
        Models.classifier(
            (scope, x) -> scope.child("out", Linear.of(5), scope.child("rnn", stack, x)));
    try (SafetensorsFile file = open("trace." + name);
        Backend opened = open(backend, name)) {
      Map<String, Tensor> tensors = file.readAll();
      Map<String, String> metadata = file.metadata();
      Tolerance tolerance =
          new Tolerance(
              Double.parseDouble(metadata.get("rtol")), Double.parseDouble(metadata.get("atol")));
      List<Tensor> batch = List.of(tensors.get("in.x"), tensors.get("in.target").to(DType.I64));
      Network network = Network.of(model, DType.F32, batch.stream().map(Tensor::type).toList());
      List<TensorType> sample =
          List.of(TensorType.of(DType.F32, 10, 5), TensorType.of(DType.I64, 10));
      Settings settings = Settings.of(Optimizer.sgd(0.5, 0.9));
      try (Learner learner = new Learner(opened, network, sample, settings)) {
        learner.variables().write(Network.PARAMETERS, network.flat(given(network, tensors)));
        Tensor losses = Tensor.allocate(tensors.get("out.losses").type());
        for (int step = 0; step < losses.elements(); step++) {
          losses.set(step, learner.train(batch));
        }
        assertClose(tolerance, "losses", losses, tensors.get("out.losses"));
        Tensor flat = learner.variables().read(Network.PARAMETERS);
        for (Parameter parameter : network.parameters()) {
          Tensor want = tensors.get("out." + parameter.name());
          assertClose(tolerance, parameter.name(), part(flat, parameter), want);
        }
      }
    }
  }

  private static Map<String, Tensor> given(Network network, Map<String, Tensor> tensors) {
    Map<String, Tensor> given = new HashMap<>();
    for (Parameter parameter : network.parameters()) {
      given.put(parameter.name(), tensors.get("in." + parameter.name()));
    }
    return given;
  }

  private static Tensor part(Tensor flat, Parameter parameter) {
    Shape shape = parameter.shape();
    Tensor part = Tensor.allocate(TensorType.of(flat.type().dtype(), shape));
    for (long i = 0; i < part.elements(); i++) {
      part.set(i, flat.get(parameter.offset() + i));
    }
    return part;
  }

  private static void assertClose(Tolerance tolerance, String name, Tensor got, Tensor want) {
    assertThat(tolerance.worst(name, got, want)).matches(Deviation::passes, "is within tolerance");
  }

  private static Backend open(String backend, String purpose) {
    Backends.providers().stream()
        .filter(provider -> provider.name().equals(backend))
        .findFirst()
        .orElseThrow()
        .unavailableReason()
        .ifPresent(reason -> Assumptions.abort(backend + " cannot run " + purpose + ": " + reason));
    return Backends.open(backend, 0);
  }

  private static SafetensorsFile open(String name) throws IOException {
    String file = "/golden/" + name + ".safetensors";
    try (InputStream stream = GoldenRecurrent.class.getResourceAsStream(file)) {
      return SafetensorsFile.of(file, Objects.requireNonNull(stream).readAllBytes());
    }
  }
}
