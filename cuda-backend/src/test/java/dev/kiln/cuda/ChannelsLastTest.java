package dev.kiln.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Precision;
import dev.kiln.graph.Graph;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.graph.Node;
import dev.kiln.op.Broadcast;
import dev.kiln.op.Cast;
import dev.kiln.op.Conv2d;
import dev.kiln.op.Pack;
import dev.kiln.op.Size2d;
import dev.kiln.op.Value;
import dev.kiln.op.View;
import dev.kiln.tensor.ChannelsLast;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.TensorType;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Where tensor cores compute, images lie with the channels last from the first convolution of a
 * network to its last.
 */
class ChannelsLastTest {

  private static final int STEPS = 6;

  @AfterEach
  void nothingIsLeftAndNoRuleOfCudaWasBroken() {
    CudaOnHost.setCapability(9, 0);
    assertThat(CudaOnHost.report()).isEmpty();
  }

  private static ComparedTraining resNet() {
    return ComparedTraining.small().stream()
        .filter(training -> training.name().startsWith("ResNet"))
        .findFirst()
        .orElseThrow();
  }

  /** What turns is a conversion between F32 and the low type wherever there is one. */
  @ParameterizedTest
  @EnumSource(names = {"BF16", "FP16", "TF32"})
  void aResNetTurnsOnlyWhatEntersAndLeaves(Precision precision) {
    Graph step = resNet().step(CudaOnHost.provider(), precision);
    Map<Value, Node> producers = step.producers();
    List<Node> turning = step.nodes().stream().filter(ChannelsLastTest::turns).toList();
    assertThat(turning)
        .allMatch(node ->
            entersNetwork(producers.get(node.inputs().getFirst()))
                || isReadBy(Pack.class, node.outputs().getFirst(), step));
    if (precision.isMixed()) {
      assertThat(turning).allMatch(node -> node.spec() instanceof Cast);
    }
    assertThat(step.nodes())
        .flatExtracting(Node::outputs)
        .filteredOn(value -> value.type().dtype() == precision.operands() && hasTwoOrders(value))
        .filteredOn(value -> !isParameter(producers.get(value), value, step))
        .filteredOn(value -> !(producers.get(value).spec() instanceof Broadcast))
        .isNotEmpty()
        .allMatch(ChannelsLastTest::isChannelsLast);
  }

  /** The stand-in for cuDNN has none for dilated filters. */
  @Test
  void aConvolutionThatHasNoAlgorithmForItKeepsRows() {
    GraphBuilder graph = new GraphBuilder();
    Value x = graph.input("x", TensorType.of(DType.F16, 2, 3, 9, 9));
    Value filters = graph.input("filters", TensorType.of(DType.F16, 4, 3, 3, 3));
    Conv2d dilated = Conv2d.PLAIN.withDilation(Size2d.square(2));
    Graph built = graph.build(graph.ops().conv2d(dilated, x, filters));
    try (Backend backend = CudaOnHost.provider().open(0)) {
      assertThat(backend.lower(built).nodes())
          .flatExtracting(Node::inputs)
          .containsExactly(x, filters);
    }
  }

  @Test
  void float32KeepsRows() {
    Graph step = resNet().step(CudaOnHost.provider(), Precision.FLOAT32);
    assertThat(step.nodes())
        .flatExtracting(Node::outputs)
        .noneMatch(ChannelsLastTest::isChannelsLast);
  }

  /** The GPU without tensor cores keeps rows. */
  @Test
  void lossesDoNotDependOnWhereTheChannelsLie() {
    List<Double> last = resNet().losses(CudaOnHost.provider(), Precision.FP16, STEPS);
    CudaOnHost.setCapability(6, 1);
    Graph step = resNet().step(CudaOnHost.provider(), Precision.FP16);
    assertThat(step.nodes())
        .flatExtracting(Node::outputs)
        .noneMatch(ChannelsLastTest::isChannelsLast);
    List<Double> rows = resNet().losses(CudaOnHost.provider(), Precision.FP16, STEPS);
    for (int i = 0; i < STEPS; i++) {
      assertThat(last.get(i)).as("loss of step " + i).isCloseTo(rows.get(i), within(1e-3));
    }
  }

  private static boolean isChannelsLast(Value value) {
    return value.type().layout() == ChannelsLast.LAYOUT;
  }

  /** Whether a node reads an image or filters in one order and writes them in the other. */
  private static boolean turns(Node node) {
    Value to = node.outputs().getFirst();
    return node.inputs().stream()
        .limit(1)
        .anyMatch(
            from -> from.shape().equals(to.shape()) && isChannelsLast(from) != isChannelsLast(to));
  }

  /** Images of a batch, parameters, and the gradient of what the last layers average over. */
  private static boolean entersNetwork(@Nullable Node producer) {
    return producer == null
        || producer.spec() instanceof View
        || producer.spec() instanceof Broadcast;
  }

  private static boolean isParameter(Node producer, Value value, Graph step) {
    return producer.spec() instanceof View || isReadBy(Pack.class, value, step);
  }

  private static boolean isReadBy(Class<?> spec, Value value, Graph step) {
    return step.nodes().stream()
        .anyMatch(node -> spec.isInstance(node.spec()) && node.inputs().contains(value));
  }

  private static boolean hasTwoOrders(Value value) {
    return value.shape().rank() == 4 && ChannelsLast.of(value.shape()) == ChannelsLast.LAYOUT;
  }
}
