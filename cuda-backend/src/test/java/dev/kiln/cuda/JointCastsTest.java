package dev.kiln.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Precision;
import dev.kiln.cpu.reference.ReferenceProvider;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.Autodiff;
import dev.kiln.graph.Graph;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.graph.Node;
import dev.kiln.graph.Ops;
import dev.kiln.op.Cast;
import dev.kiln.op.Conv2d;
import dev.kiln.op.Pack;
import dev.kiln.op.Value;
import dev.kiln.op.View;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Parameters are cast together on their way into a low type, and their gradients back. */
class JointCastsTest {

  private static final List<Shape> PARAMETERS =
      List.of(Shape.of(4, 2, 3, 3), Shape.of(4), Shape.of(16, 36), Shape.of(16), Shape.of(16));
  private static final List<Long> OFFSETS = List.of(0L, 80L, 96L, 672L, 688L);
  private static final int LENGTH = 720;

  /** A convolution and a product in a low type, and a scale that stays F32. */
  private static Graph graph(DType low) {
    GraphBuilder graph = new GraphBuilder();
    Ops ops = graph.ops();
    Value flat = graph.input("parameters", TensorType.of(DType.F32, LENGTH));
    Value x = graph.input("x", TensorType.of(DType.F32, 5, 2, 5, 5));
    List<Value> parameters = new ArrayList<>();
    for (int i = 0; i < PARAMETERS.size(); i++) {
      parameters.add(graph.apply(new View(OFFSETS.get(i), PARAMETERS.get(i)), flat));
    }
    Value loss =
        graph.autocast(
            low,
            () -> {
              Value images = ops.conv2d(Conv2d.PLAIN, x, parameters.get(0), parameters.get(1));
              Value rows =
                  ops.linear(ops.flatten(ops.relu(images)), parameters.get(2), parameters.get(3));
              return ops.mean(ops.mul(ops.tanh(rows), parameters.get(4)), 0, 1);
            });
    List<Value> gradients = Autodiff.gradients(graph, loss, parameters);
    Value packed = graph.add(new Pack(OFFSETS, LENGTH), gradients).getFirst();
    return graph.build(loss, packed);
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void noBitChanges(DType low) {
    Graph graph = graph(low);
    Graph joint = JointCasts.apply(graph);
    List<Tensor> expected = run(graph);
    List<Tensor> actual = run(joint);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i).data().mismatch(expected.get(i).data())).isEqualTo(-1);
    }
  }

  /** Four parameters are cast; one lies behind them and is not. */
  @Test
  void neighboursAreCastTogether() {
    Graph graph = graph(DType.BF16);
    assertThat(castsOfParameters(graph)).hasSize(4);
    assertThat(castsOfGradients(graph)).hasSize(4);
    Graph joint = JointCasts.apply(graph);
    assertThat(castsOfParameters(joint))
        .singleElement()
        .satisfies(cast -> assertThat(cast.inputs().getFirst().shape()).isEqualTo(Shape.of(688)));
    assertThat(castsOfGradients(joint))
        .singleElement()
        .satisfies(cast -> assertThat(cast.outputs().getFirst().shape()).isEqualTo(Shape.of(688)));
  }

  @Test
  void aRecurrentNetworkHasOneCastOfItsParametersAndOneOfTheirGradients() {
    ComparedTraining training = ComparedTraining.recurrent().getFirst();
    Graph step = training.step(CudaOnHost.provider(), Precision.BF16);
    assertThat(castsOfParameters(step)).hasSize(1);
    assertThat(castsOfGradients(step)).hasSize(1);
  }

  private static List<Node> castsOfParameters(Graph graph) {
    Map<Value, Node> producers = graph.producers();
    return graph.nodes().stream()
        .filter(node -> node.spec() instanceof Cast)
        .filter(node -> isView(producers.get(node.inputs().getFirst())))
        .toList();
  }

  private static boolean isView(@Nullable Node node) {
    return node != null && node.spec() instanceof View;
  }

  private static List<Node> castsOfGradients(Graph graph) {
    Map<Value, Node> producers = graph.producers();
    return graph.nodes().stream()
        .filter(node -> node.spec() instanceof Pack)
        .flatMap(pack -> pack.inputs().stream())
        .map(producers::get)
        .filter(node -> node.spec() instanceof Cast)
        .toList();
  }

  private static List<Tensor> run(Graph graph) {
    try (Backend backend = new ReferenceProvider().open(0);
        Variables held = new Variables(backend);
        Session session = Session.open(backend, graph, held)) {
      for (Value input : graph.inputs()) {
        Tensor values = Tensor.allocate(input.type());
        for (int i = 0; i < values.elements(); i++) {
          values.set(i, Math.sin(1.3 * i + 0.01 * i * i));
        }
        session.feed(input, values);
      }
      session.run();
      return graph.outputs().stream().map(session::read).toList();
    }
  }
}
