package dev.kiln.cpu.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.Autodiff;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.nn.Attention;
import dev.kiln.nn.EncoderDecoder;
import dev.kiln.nn.Mode;
import dev.kiln.nn.Network;
import dev.kiln.nn.Parameter;
import dev.kiln.nn.Recurrent;
import dev.kiln.op.CrossEntropy;
import dev.kiln.op.RecurrentCell;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole of encoder, attention, decoder and loss, in double precision. */
class EncoderDecoderTest {

  private static final int SOURCES = 5;
  private static final int TARGETS = 6;
  private static final int END = 5;
  private static final int[][] SOURCE = {{1, 2, 3, 4}, {0}, {2, 2, 4}};
  private static final int[][] TARGET = {{3, END}, {1, 2, 2, END}, {END}};
  private static final double STEP = 1e-4;

  /** How a model is put together. */
  record Shape(RecurrentCell cell, int layers, boolean bothDirections, Optional<Attention> look) {

    EncoderDecoder model() {
      Recurrent encoder = new Recurrent(cell, 3, layers, bothDirections, 0);
      Recurrent decoder = Recurrent.of(cell, bothDirections ? 6 : 3).withLayers(layers);
      return new EncoderDecoder(
          new EncoderDecoder.Encoder(SOURCES, 4, encoder),
          new EncoderDecoder.Decoder(TARGETS, 4, decoder, look));
    }
  }

  static Stream<Shape> shapes() {
    List<Optional<Attention>> looks = new ArrayList<>(List.of(Optional.empty()));
    for (Attention.Score score : Attention.Score.values()) {
      looks.add(Optional.of(new Attention(score)));
    }
    return looks.stream()
        .flatMap(look ->
            Stream.of(RecurrentCell.GRU, RecurrentCell.LSTM, RecurrentCell.RNN_TANH)
                .flatMap(cell ->
                    Stream.of(new Shape(cell, 1, true, look), new Shape(cell, 2, false, look))));
  }

  /** A batch padded further than it must be, with anything in the padding. */
  private static List<Tensor> batch(int moreSource, int moreTarget, long garbageSeed) {
    int sourceSteps = 4 + moreSource;
    int targetSteps = 4 + moreTarget;
    double[] garbage = new double[2 * SOURCE.length * (sourceSteps + targetSteps)];
    new Philox(garbageSeed, 0, 0).fillUniform(garbage);
    Tensor sources = Tensor.allocate(TensorType.of(DType.I64, SOURCE.length, sourceSteps));
    Tensor targets = Tensor.allocate(TensorType.of(DType.I64, SOURCE.length, targetSteps));
    Tensor lengths = Tensor.allocate(TensorType.of(DType.I64, SOURCE.length));
    Tensor read = Tensor.allocate(TensorType.of(DType.I64, SOURCE.length, targetSteps));
    int drawn = 0;
    for (int i = 0; i < SOURCE.length; i++) {
      lengths.set(i, SOURCE[i].length);
      for (int step = 0; step < sourceSteps; step++) {
        int padding = (int) (garbage[drawn++] * SOURCES);
        sources.set(
            (long) i * sourceSteps + step, step < SOURCE[i].length ? SOURCE[i][step] : padding);
      }
      for (int step = 0; step < targetSteps; step++) {
        int padding = (int) (garbage[drawn++] * TARGETS);
        boolean own = step < TARGET[i].length;
        targets.set((long) i * targetSteps + step, own ? TARGET[i][step] : CrossEntropy.IGNORE);
        int before = step == 0 ? 4 : TARGET[i][Math.min(step, TARGET[i].length) - 1];
        read.set((long) i * targetSteps + step, own ? before : padding);
      }
    }
    return List.of(sources, targets, lengths, read);
  }

  /** The loss of a batch with its gradients, for any parameters. */
  private static final class Computation implements AutoCloseable {

    private final Backend backend = Backends.open("reference", 0);
    private final Variables variables = new Variables(backend);
    private final List<Value> results = new ArrayList<>();
    private final Session session;
    final Network network;

    Computation(EncoderDecoder model, List<Tensor> fields) {
      network = Network.of(model, DType.F64, fields.stream().map(Tensor::type).toList());
      GraphBuilder graph = new GraphBuilder();
      List<Value> batch = new ArrayList<>();
      fields.forEach(field -> batch.add(graph.input("field" + batch.size(), field.type())));
      Value counter = graph.input("counter", TensorType.of(DType.I64, 2));
      Network.Applied applied = network.apply(graph, batch, counter, Mode.TRAINING);
      results.add(applied.outcome().loss());
      results.addAll(Autodiff.gradients(graph, applied.outcome().loss(), applied.parameters()));
      session = Session.open(backend, graph.build(results), variables);
      for (int i = 0; i < fields.size(); i++) {
        session.feed(batch.get(i), fields.get(i));
      }
    }

    List<Tensor> at(Tensor parameters) {
      variables.write(Network.PARAMETERS, parameters);
      session.run();
      return results.stream().map(session::read).toList();
    }

    @Override
    public void close() {
      session.close();
      variables.close();
      backend.close();
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void differencesConfirmTheGradientOfEveryParameter(Shape shape) {
    try (Computation computation = new Computation(shape.model(), batch(1, 1, 1))) {
      Network network = computation.network;
      Tensor parameters = network.initialParameters(3);
      List<Tensor> results = computation.at(parameters);
      for (int block = 0; block < network.blocks().size(); block++) {
        Tensor gradient = results.get(1 + block);
        long offset = network.blocks().get(block).offset();
        double[] direction = new double[(int) gradient.elements()];
        new Philox(9, block, 0).fillNormal(direction);
        double along =
            IntStream.range(0, direction.length)
                .mapToDouble(i -> gradient.get(i) * direction[i])
                .sum();
        // Central differences of fourth order.
        double derivative = 0;
        for (int side : new int[] {-2, -1, 1, 2}) {
          double weight = side * (Math.abs(side) == 1 ? 8 : -0.5) / 12 / STEP;
          Tensor moved = parameters.to(DType.F64);
          for (int i = 0; i < direction.length; i++) {
            moved.set(offset + i, parameters.get(offset + i) + side * STEP * direction[i]);
          }
          derivative += weight * computation.at(moved).getFirst().item();
        }
        assertThat(derivative)
            .as(network.blocks().get(block).toString())
            .isCloseTo(along, within(1e-8));
      }
      assertThat(results.stream().skip(1))
          .as("no parameter is without effect")
          .allSatisfy(gradient ->
              assertThat(Arrays.stream(gradient.toDoubleArray()).anyMatch(g -> g != 0)).isTrue());
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void paddingOfSourceOrTargetChangesNeitherLossNorGradients(Shape shape) {
    List<double[]> tight = results(shape, batch(0, 0, 1));
    for (int more = 1; more <= 3; more++) {
      for (List<Tensor> padded :
          List.of(batch(more, 0, more), batch(0, more, more), batch(more, more, more))) {
        List<double[]> loose = results(shape, padded);
        for (int i = 0; i < tight.size(); i++) {
          assertThat(loose.get(i)).as("result %d", i).containsExactly(tight.get(i), within(1e-13));
        }
      }
    }
  }

  private static List<double[]> results(Shape shape, List<Tensor> fields) {
    try (Computation computation = new Computation(shape.model(), fields)) {
      return computation.at(computation.network.initialParameters(3)).stream()
          .map(Tensor::toDoubleArray)
          .toList();
    }
  }

  @Test
  void parametersAreNamedAsPyTorchNamesThem() {
    Shape shape =
        new Shape(RecurrentCell.GRU, 1, true, Optional.of(new Attention(Attention.Score.GENERAL)));
    try (Computation computation = new Computation(shape.model(), batch(0, 0, 1))) {
      assertThat(computation.network.parameters().stream().map(Parameter::name))
          .containsExactly(
              "encoder.embedding.weight",
              "encoder.rnn.weight_ih_l0",
              "encoder.rnn.weight_hh_l0",
              "encoder.rnn.weight_ih_l0_reverse",
              "encoder.rnn.weight_hh_l0_reverse",
              "encoder.rnn.bias_ih_l0",
              "encoder.rnn.bias_hh_l0",
              "encoder.rnn.bias_ih_l0_reverse",
              "encoder.rnn.bias_hh_l0_reverse",
              "decoder.embedding.weight",
              "decoder.rnn.weight_ih_l0",
              "decoder.rnn.weight_hh_l0",
              "decoder.rnn.bias_ih_l0",
              "decoder.rnn.bias_hh_l0",
              "decoder.attention.general.weight",
              "decoder.combine.weight",
              "decoder.output.weight",
              "decoder.output.bias");
    }
  }

  @Test
  void aDecoderThatCannotStartWhereTheEncoderEndsIsRefused() {
    EncoderDecoder.Encoder encoder =
        new EncoderDecoder.Encoder(3, 3, Recurrent.gru(4).inBothDirections());
    for (Recurrent unfit :
        List.of(
            Recurrent.gru(4),
            Recurrent.lstm(8),
            Recurrent.gru(8).withLayers(2),
            Recurrent.gru(8).inBothDirections())) {
      EncoderDecoder.Decoder decoder = new EncoderDecoder.Decoder(3, 3, unfit, Optional.empty());
      assertThatThrownBy(() -> new EncoderDecoder(encoder, decoder))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("a state of 8, but they are Gru(4, both directions) and");
    }
  }
}
