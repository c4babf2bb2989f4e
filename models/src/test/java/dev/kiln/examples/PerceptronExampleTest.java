package dev.kiln.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.graph.Ops;
import dev.kiln.op.Unary;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Example: Rosenblatt's perceptron and its own learning rule, {@code weight += rate (target - y)
 * x}. Its threshold has no gradient, so the update is written by hand, as operations of the graph.
 */
class PerceptronExampleTest {

  private static final Tensor CORNERS =
      Tensor.of(Shape.of(4, 2), new double[] {0, 0, 0, 1, 1, 0, 1, 1});

  @ParameterizedTest
  @CsvSource({"and, 0 0 0 1", "or, 0 1 1 1", "not both, 1 1 1 0", "first, 0 0 1 1"})
  void learnsWhatALineDivides(String function, String truth) {
    assertThat(learn(values(truth))).containsExactly(values(truth));
  }

  /** The famous limit (Minsky, Papert 1969): no line divides the corners of exclusive or. */
  @Test
  void cannotLearnExclusiveOr() {
    assertThat(learn(values("0 1 1 0"))).isNotEqualTo(values("0 1 1 0"));
  }

  /** Trains for 100 passes over the four corners and returns the perceptron's answers. */
  private static double[] learn(double... truth) {
    GraphBuilder graph = new GraphBuilder();
    Ops ops = graph.ops();
    Value x = graph.input("x", TensorType.of(DType.F64, 4, 2));
    Value target = graph.input("target", TensorType.of(DType.F64, 4, 1));
    Value weight = graph.variable("weight", TensorType.of(DType.F64, 1, 2));
    Value bias = graph.variable("bias", TensorType.of(DType.F64, 1));

    Value y = ops.unary(Unary.STEP, ops.linear(x, weight, bias));
    Value change = ops.affine(ops.sub(target, y), 0.1, 0);
    // change' [1,4] · x [4,2] -> [1,2]
    graph.update(weight, ops.add(weight, ops.matmul(ops.transpose(change, 1, 0), x)));
    graph.update(bias, ops.add(bias, ops.sum(change, 0)));

    try (Backend backend = Backends.open("reference", 0);
        Variables variables = new Variables(backend);
        Session session = Session.open(backend, graph.build(y), variables)) {
      session.feed(x, CORNERS);
      session.feed(target, Tensor.of(Shape.of(4, 1), truth));
      for (int pass = 0; pass < 100; pass++) {
        session.run();
      }
      return session.read(y).toDoubleArray();
    }
  }

  private static double[] values(String truth) {
    double[] values = new double[4];
    for (int i = 0; i < values.length; i++) {
      values[i] = truth.charAt(2 * i) - '0';
    }
    return values;
  }
}
