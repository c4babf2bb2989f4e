package dev.kiln.cpu.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.nn.AveragePool2d;
import dev.kiln.nn.BatchNorm;
import dev.kiln.nn.Conv2d;
import dev.kiln.nn.Dropout;
import dev.kiln.nn.Embedding;
import dev.kiln.nn.GlobalAveragePool2d;
import dev.kiln.nn.Initializer;
import dev.kiln.nn.Layer;
import dev.kiln.nn.LayerNorm;
import dev.kiln.nn.Linear;
import dev.kiln.nn.MaxPool2d;
import dev.kiln.nn.Mode;
import dev.kiln.nn.Model;
import dev.kiln.nn.Network;
import dev.kiln.nn.Outcome;
import dev.kiln.nn.Perceptron;
import dev.kiln.nn.Residual;
import dev.kiln.nn.Softmax;
import dev.kiln.op.Size2d;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What layers compute, on small numbers that can be followed by hand. */
class LayerComputationTest {

  private static final Tensor PLANE = image(3, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9);

  record Case(String name, Layer layer, Tensor x, double... expected) {

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    Initializer ones = Initializer.ones();
    Tensor row = Tensor.of(Shape.of(1, 2), new double[] {3, -1});
    return Stream.of(
        new Case(
            "linear: x weight' + bias",
            Linear.of(2).withWeight(given(1, 2, 3, 4)).withBias(given(10, 20)),
            row,
            11,
            25),
        new Case(
            "linear without bias",
            Linear.of(2).withWeight(given(1, 2, 3, 4)).withoutBias(),
            row,
            1,
            5),
        new Case("perceptron: 1 from 0 on", perceptron(-3, 0.01, 0), row, 1, 0, 1),
        new Case(
            "convolution",
            Conv2d.of(1, 2).withWeight(given(1, 0, 0, 1)).withBias(Initializer.constant(0.5)),
            PLANE,
            6.5,
            8.5,
            12.5,
            14.5),
        new Case(
            "same padding, odd kernel: a zero on every side",
            Conv2d.of(1, 3).withSamePadding().withWeight(ones).withoutBias(),
            PLANE,
            12,
            21,
            16,
            27,
            45,
            33,
            24,
            39,
            28),
        new Case(
            "same padding, even kernel: the odd zero is below and on the right",
            Conv2d.of(1, 2).withSamePadding().withWeight(ones).withoutBias(),
            PLANE,
            12,
            16,
            9,
            24,
            28,
            15,
            15,
            17,
            9),
        new Case(
            "same padding, even width alone",
            Conv2d.of(1, new Size2d(1, 2)).withSamePadding().withWeight(given(0, 1)).withoutBias(),
            PLANE,
            2,
            3,
            0,
            5,
            6,
            0,
            8,
            9,
            0),
        new Case("max pooling", MaxPool2d.of(2).withStride(1), PLANE, 5, 6, 8, 9),
        new Case("average pooling", AveragePool2d.of(2).withStride(1), PLANE, 3, 4, 6, 7),
        new Case(
            "average pooling that counts the padding",
            AveragePool2d.of(2).withPadding(1),
            PLANE,
            0.25,
            1.25,
            2.75,
            7),
        new Case(
            "average pooling that does not",
            AveragePool2d.of(2).withPadding(1).withoutCountingPadding(),
            PLANE,
            1,
            2.5,
            5.5,
            7),
        new Case("global average pooling", new GlobalAveragePool2d(), PLANE, 5),
        new Case("layer normalization", LayerNorm.of(), row, 1, -1),
        new Case("softmax", Softmax.of(), row, 1 / (1 + Math.exp(-4)), 1 / (1 + Math.exp(4))),
        new Case(
            "residual",
            Residual.of(Linear.of(2).withWeight(given(1, 0, 0, 0)).withoutBias()),
            row,
            6,
            -1),
        new Case(
            "embedding",
            Embedding.of(3, 2).withWeight(given(1, 2, 3, 4, 5, 6)),
            Tensor.of(Shape.of(1, 2), 2L, 0L),
            5,
            6,
            1,
            2));
  }

  private static Layer perceptron(double first, double second, double third) {
    return new Perceptron(
        Linear.of(3).withWeight(Initializer.zeros()).withBias(given(-first, -second, third)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void computes(Case of) {
    for (Mode mode : Mode.values()) {
      try (Run run = new Run(of.layer(), of.x(), mode)) {
        assertThat(run.next()).as(mode.name()).containsExactly(of.expected(), within(1e-4));
      }
    }
  }

  @Test
  void batchNormUsesTheBatchWhileTrainingAndTheRunningStatisticsAfterwards() {
    Tensor x = Tensor.of(Shape.of(4, 1), new double[] {0, 2, 4, 6});
    double deviation = Math.sqrt(5 + 1e-5);
    try (Run training = new Run(BatchNorm.of(), x, Mode.TRAINING)) {
      assertThat(training.next())
          .containsExactly(
              new double[] {-3 / deviation, -1 / deviation, 1 / deviation, 3 / deviation},
              within(1e-12));
      // Mean 3, unbiased variance 20 / 3, each with a weight of 0.1.
      assertThat(training.variables.read("running_mean").item()).isCloseTo(0.3, within(1e-12));
      double variance = 0.9 + 0.1 * 20 / 3;
      assertThat(training.variables.read("running_var").item()).isCloseTo(variance, within(1e-12));
    }
    try (Run inference = new Run(BatchNorm.of(), x, Mode.INFERENCE)) {
      double[] expected =
          Arrays.stream(x.toDoubleArray()).map(v -> v / Math.sqrt(1 + 1e-5)).toArray();
      assertThat(inference.next()).containsExactly(expected, within(1e-12));
      assertThat(inference.variables.read("running_mean").item()).isZero();
    }
  }

  @Test
  void dropoutDropsItsShareAndScalesTheRestWhileTraining() {
    double[] ones = new double[10_000];
    Arrays.fill(ones, 1);
    Tensor x = Tensor.of(Shape.of(1, ones.length), ones);
    try (Run training = new Run(Dropout.of(0.2), x, Mode.TRAINING)) {
      double[] first = training.next();
      double[] second = training.next();
      assertThat(Arrays.stream(first)).allMatch(v -> v == 0 || v == 1.25);
      assertThat(Arrays.stream(first).filter(v -> v == 0).count()).isBetween(1880L, 2120L);
      assertThat(second).as("another step, another mask").isNotEqualTo(first);
    }
    try (Run inference = new Run(Dropout.of(0.2), x, Mode.INFERENCE)) {
      assertThat(inference.next()).isEqualTo(ones);
    }
  }

  private static Initializer given(double... values) {
    return (shape, random) -> values;
  }

  private static Tensor image(int height, int width, double... values) {
    return Tensor.of(Shape.of(1, 1, height, width), values);
  }

  /** A layer on the reference backend in F64, step after step. */
  private static final class Run implements AutoCloseable {

    private final Backend backend = Backends.open("reference", 0);
    private final Variables variables = new Variables(backend);
    private final Session session;
    private final Value counter;
    private final Value y;
    private long step;

    Run(Layer layer, Tensor x, Mode mode) {
      Model model =
          (scope, batch) -> {
            Value result = layer.apply(scope, batch.getFirst());
            return new Outcome(scope.ops().sum(result), result);
          };
      Network network = Network.of(model, DType.F64, List.of(x.type()));
      GraphBuilder graph = new GraphBuilder();
      Value input = graph.input("x", x.type());
      counter = graph.input("counter", TensorType.of(DType.I64, 2));
      Network.Applied applied = network.apply(graph, List.of(input), counter, mode);
      // A copy, since a layer such as dropout may return its input itself.
      y = graph.ops().affine(applied.outcome().predictions(), 1, 0);
      session = Session.open(backend, graph.build(y), variables);
      variables.write(Network.PARAMETERS, network.initialParameters(1));
      network
          .statistics()
          .forEach(statistic ->
              variables.write(
                  statistic.name(),
                  Tensor.of(statistic.shape(), new double[] {statistic.initial()})));
      session.feed(input, x);
    }

    double[] next() {
      session.feed(counter, Tensor.of(Shape.of(2), 1L, ++step));
      session.run();
      return session.read(y).toDoubleArray();
    }

    @Override
    public void close() {
      session.close();
      variables.close();
      backend.close();
    }
  }
}
