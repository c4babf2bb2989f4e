package dev.kiln.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.nn.Activation;
import dev.kiln.nn.Layer;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Models;
import dev.kiln.nn.Network;
import dev.kiln.nn.Parameter;
import dev.kiln.nn.Residual;
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

/** Example: any function is a layer, so a residual connection is one line. */
class ResidualConnectionExampleTest {

  private static final Layer BODY = Sequential.of(Linear.of(8), Activation.RELU, Linear.of(3));

  private static final Layer BY_LAMBDA =
      (scope, x) -> scope.ops().add(x, scope.child("body", BODY, x));

  /** Three features, of which the second is to be squared and the others passed through. */
  private static final Tensor X =
      Tensor.of(Shape.of(4, 3), new float[] {1, 0.5f, 2, 0, -1, 1, 3, 1.5f, -1, 2, -0.5f, 0});

  private static final Tensor Y =
      Tensor.of(Shape.of(4, 3), new float[] {1, 0.25f, 2, 0, 1, 1, 3, 2.25f, -1, 2, 0.25f, 0});

  @Test
  void aLambdaIsALayer() {
    Network network = network(Sequential.of(BY_LAMBDA, BY_LAMBDA));
    assertThat(network.parameters())
        .extracting(Parameter::name)
        .startsWith("0.body.0.weight", "0.body.0.bias", "0.body.2.weight")
        .endsWith("1.body.2.bias");
  }

  @Test
  void itLearnsTheDifferenceFromItsInput() {
    double[] losses = losses(BY_LAMBDA);
    assertThat(losses[losses.length - 1]).isLessThan(0.001).isLessThan(losses[0] / 100);
  }

  @Test
  void theLayerResidualDoesTheSame() {
    assertThat(losses(Residual.of(BODY))).isEqualTo(losses(BY_LAMBDA));
  }

  private static Network network(Layer layer) {
    return Network.of(Models.regressor(layer), DType.F32, List.of(X.type(), Y.type()));
  }

  private static double[] losses(Layer layer) {
    TensorType sample = TensorType.of(DType.F32, 3);
    try (Backend backend = Backends.open("reference", 0);
        Learner learner =
            new Learner(
                backend,
                network(layer),
                List.of(sample, sample),
                Settings.of(Optimizer.adam(0.01)))) {
      double[] losses = new double[500];
      for (int step = 0; step < losses.length; step++) {
        losses[step] = learner.train(List.of(X, Y));
      }
      return losses;
    }
  }
}
