package dev.kiln.cpu.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Backend;
import dev.kiln.check.Deviation;
import dev.kiln.check.Tolerance;
import dev.kiln.cpu.reference.ReferenceBackend;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.Autodiff;
import dev.kiln.graph.Graph;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.graph.Node;
import dev.kiln.graph.Ops;
import dev.kiln.op.BatchNorm;
import dev.kiln.op.OpSpec;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A batch normalization and its rectifier as one operation, forward and back. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NormReluTest {

  private static final Tolerance TOLERANCE = new Tolerance(1e-3, 1e-4);

  private OneDnnBackend backend;

  @BeforeAll
  void open() {
    backend = new OneDnnBackend();
  }

  @AfterAll
  void close() {
    backend.close();
  }

  /** {@code relu(batchNorm(x))} with its loss and gradients. */
  private static final class Layer {
    private final GraphBuilder graph = new GraphBuilder();
    private final Ops ops = graph.ops();
    private final List<Value> inputs = new ArrayList<>();
    private final List<Value> norm;
    private final Value y;
    private final List<Value> gradients;

    Layer(DType dtype, int... dims) {
      TensorType image = TensorType.of(dtype, dims);
      TensorType channels = TensorType.of(dtype, dims[1]);
      inputs.add(graph.input("x", image));
      for (String name : List.of("weight", "bias", "runningMean", "runningVariance")) {
        inputs.add(graph.input(name, channels));
      }
      this.norm = graph.add(new BatchNorm(0.1, 1e-5), inputs);
      this.y = ops.relu(norm.getFirst());
      Value factor = graph.input("factor", image);
      inputs.add(factor);
      Value loss = ops.sum(ops.mul(y, factor), 0, 1, 2, 3);
      this.gradients = Autodiff.gradients(graph, loss, inputs.subList(0, 3));
    }

    List<Value> results() {
      List<Value> results = new ArrayList<>(gradients);
      results.add(y);
      results.addAll(norm.subList(1, norm.size()));
      return results;
    }

    List<Tensor> run(Backend on) {
      Random random = new Random(3);
      List<Value> results = results();
      try (Variables variables = new Variables(on);
          Session session = Session.open(on, graph.build(results), variables)) {
        for (Value input : inputs) {
          Tensor values = Tensor.allocate(input.type());
          for (long i = 0; i < values.elements(); i++) {
            values.set(i, (float) (1 + random.nextGaussian()));
          }
          session.feed(input, values);
        }
        session.run();
        return results.stream().map(session::read).toList();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"4, 16, 8, 8", "3, 7, 5, 5", "2, 1, 4, 6", "8, 64, 1, 1", "2, 33, 13, 3"})
  void theReferenceBackendAgrees(int batch, int channels, int height, int width) {
    List<Tensor> got = new Layer(DType.F32, batch, channels, height, width).run(backend);
    try (Backend reference = new ReferenceBackend()) {
      List<Tensor> want = new Layer(DType.F64, batch, channels, height, width).run(reference);
      for (int i = 0; i < want.size(); i++) {
        Deviation worst = TOLERANCE.worst("result " + i, got.get(i), want.get(i));
        assertThat(worst.passes()).as("%s", worst).isTrue();
      }
    }
  }

  @Test
  void nothingIsLeftOfTheRectifierButWhatItsGradientNeeds() {
    Layer layer = new Layer(DType.F32, 4, 16, 8, 8);
    Graph lowered = backend.lower(layer.graph.build(layer.results()));
    assertThat(names(lowered))
        .contains("batch_norm+relu", "relu_grad+batch_norm_grad")
        .doesNotContain("relu", "unary_grad", "batch_norm", "batch_norm_grad");
    Node norm =
        lowered.nodes().stream()
            .filter(node -> node.spec() instanceof NormRelu)
            .findFirst()
            .orElseThrow();
    assertThat(norm.outputs().get(NormRelu.POSITIVE).type().bytes())
        .isLessThanOrEqualTo(layer.y.type().elements());
  }

  @Test
  void whatIsReadBetweenThemIsStillComputed() {
    Layer layer = new Layer(DType.F32, 4, 16, 8, 8);
    List<Value> results = new ArrayList<>(layer.results());
    results.add(layer.norm.getFirst());
    assertThat(names(backend.lower(layer.graph.build(results))))
        .contains("batch_norm", "relu", "unary_grad", "batch_norm_grad");
  }

  private static List<String> names(Graph graph) {
    return graph.nodes().stream().map(Node::spec).map(OpSpec::opName).toList();
  }
}
