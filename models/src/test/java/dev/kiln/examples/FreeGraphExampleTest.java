package dev.kiln.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.Autodiff;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.graph.Ops;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Example: a network written op by op and differentiated, without layers or a trainer. */
class FreeGraphExampleTest {

  @Test
  void aGatedUnitIsWrittenDifferentiatedAndRun() {
    // A gated unit: each of two outputs is a tanh, let through as far as a sigmoid opens.
    GraphBuilder graph = new GraphBuilder();
    Ops ops = graph.ops();
    Value x = graph.input("x", TensorType.of(DType.F64, 4, 3));
    Value target = graph.input("target", TensorType.of(DType.F64, 4, 2));
    Value candidate = graph.input("candidate", TensorType.of(DType.F64, 3, 2));
    Value gate = graph.input("gate", TensorType.of(DType.F64, 3, 2));

    Value y = ops.mul(ops.tanh(ops.matmul(x, candidate)), ops.sigmoid(ops.matmul(x, gate)));
    Value loss = ops.meanSquaredError(y, target);
    List<Value> gradients = Autodiff.gradients(graph, loss, List.of(candidate, gate));

    try (Backend backend = Backends.open("reference", 0);
        Variables variables = new Variables(backend);
        Session session =
            Session.open(
                backend, graph.build(loss, gradients.get(0), gradients.get(1)), variables)) {
      session.feed(
          x, Tensor.of(Shape.of(4, 3), new double[] {1, 2, -1, 0, 3, 1, -2, 1, 1, 2, 0, 1}));
      session.feed(target, Tensor.of(Shape.of(4, 2), new double[] {1, 0, 0, 1, 1, 0, 0, 1}));
      double[] weights = {0.1, -0.2, 0.3, 0.4, -0.5, 0.6};
      session.feed(candidate, Tensor.of(Shape.of(3, 2), weights));
      session.feed(gate, Tensor.of(Shape.of(3, 2), new double[] {0.5, 0.1, 0, -0.3, 0.2, 0.7}));

      session.run();
      double[] slope = session.read(gradients.get(0)).toDoubleArray();

      // The gradient says how the loss changes: compare with changing one weight a little.
      double small = 1e-6;
      for (int i = 0; i < weights.length; i++) {
        double[] changed = weights.clone();
        changed[i] += small;
        session.feed(candidate, Tensor.of(Shape.of(3, 2), changed));
        session.run();
        double above = session.read(loss).item();
        changed[i] -= 2 * small;
        session.feed(candidate, Tensor.of(Shape.of(3, 2), changed));
        session.run();
        double below = session.read(loss).item();
        assertThat(slope[i]).isCloseTo((above - below) / (2 * small), within(1e-9));
      }
      assertThat(Arrays.stream(slope)).allMatch(value -> Math.abs(value) > 1e-3);
    }
  }
}
