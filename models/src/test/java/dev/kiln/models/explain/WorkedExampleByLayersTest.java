package dev.kiln.models.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.graph.Ops;
import dev.kiln.nn.Activation;
import dev.kiln.nn.Initializer;
import dev.kiln.nn.Layer;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Models;
import dev.kiln.nn.Network;
import dev.kiln.nn.Sequential;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import dev.kiln.train.Learner;
import dev.kiln.train.Optimizer;
import dev.kiln.train.Settings;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The perceptron of the introduction once more, as a user writes it: by layers and a learner. */
class WorkedExampleByLayersTest {

  private static final Tensor X =
      Tensor.of(Shape.of(3, 4), new double[] {1, 0, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1});
  private static final Tensor Y = Tensor.of(Shape.of(3, 1), new double[] {1, 1, 0});

  /** Weights are [out, in]: the introduction's tables transposed. */
  private static final Layer NETWORK =
      Sequential.of(
          Linear.of(3)
              .withWeight(
                  given(0.42, 0.10, 0.60, 0.92, 0.88, 0.73, 0.18, 0.11, 0.55, 0.68, 0.47, 0.52))
              .withBias(given(0.46, 0.72, 0.08)),
          Activation.SIGMOID,
          Linear.of(1).withWeight(given(0.30, 0.25, 0.23)).withBias(given(0.69)),
          Activation.SIGMOID);

  private static Initializer given(double... values) {
    return (shape, random) -> values;
  }

  @Test
  void learnsWhatTheIntroductionPrints() {
    Network network =
        Network.of(
            Models.withLoss(NETWORK, Ops::halfSquaredError),
            DType.F64,
            List.of(X.type(), Y.type()));
    List<TensorType> sample = List.of(TensorType.of(DType.F64, 4), TensorType.of(DType.F64, 1));
    try (Backend backend = Backends.open("reference", 0);
        Learner learner = new Learner(backend, network, sample, Settings.of(Optimizer.sgd(0.1)))) {
      double first = learner.train(List.of(X, Y));
      double squares = 0.210676 * 0.210676 + 0.201936 * 0.201936 + 0.789335 * 0.789335;
      assertThat(first).isCloseTo(squares / 2, within(1e-6));
      assertThat(learner.trainingPredictions().toDoubleArray())
          .containsExactly(new double[] {0.789324, 0.798064, 0.789335}, within(5e-7));
      Tensor flat = learner.variables().read(Network.PARAMETERS);
      long outputWeight = network.parameters().get(2).offset();
      assertThat(flat.get(outputWeight)).isCloseTo(0.295146, within(5e-7));
      assertThat(flat.get(outputWeight + 2)).isCloseTo(0.225075, within(5e-7));
      for (int step = 2; step <= 5000; step++) {
        learner.train(List.of(X, Y));
      }
      assertThat(learner.trainingPredictions().toDoubleArray())
          .containsExactly(new double[] {0.977605, 0.965990, 0.047311}, within(5e-7));
    }
  }
}
