package dev.kiln.cpu.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.exec.Plan;
import dev.kiln.exec.Planner;
import dev.kiln.graph.Autodiff;
import dev.kiln.graph.Graph;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.graph.Node;
import dev.kiln.graph.Ops;
import dev.kiln.op.Affine;
import dev.kiln.op.Conv2d;
import dev.kiln.op.OpSpec;
import dev.kiln.op.Pool2d;
import dev.kiln.op.Reorder;
import dev.kiln.op.Size2d;
import dev.kiln.op.Unary;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.TensorType;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OneDnnLoweringTest {

  private static final Conv2d SAME = Conv2d.PLAIN.withPadding(Size2d.square(1));
  private static final Pool2d HALVING =
      new Pool2d(Pool2d.Kind.MAX, Size2d.square(2), Size2d.square(2), Size2d.square(0));

  private final GraphBuilder graph = new GraphBuilder();
  private final Ops ops = graph.ops();
  private OneDnnBackend backend;

  @BeforeAll
  void open() {
    backend = new OneDnnBackend();
  }

  @AfterAll
  void close() {
    backend.close();
  }

  @Test
  void anActivationIsAppliedByTheOperationBeforeIt() {
    Value x = images(3);
    Value y = ops.relu(ops.conv2d(SAME, x, filters(8, 3)));
    Graph lowered = backend.lower(graph.build(y));
    assertThat(specs(lowered))
        .contains(new Fused(SAME, List.of(Unary.RELU)))
        .doesNotContain(Unary.RELU);
  }

  @Test
  void anActivationStaysOnItsOwnWhenItsArgumentIsReadElsewhere() {
    Value sum = ops.conv2d(SAME, images(3), filters(8, 3));
    Graph lowered = backend.lower(graph.build(ops.relu(sum), ops.tanh(sum)));
    assertThat(specs(lowered)).contains(SAME, Unary.RELU, Unary.TANH);
  }

  @Test
  void anActivationStaysOnItsOwnWhenItsArgumentIsAnOutput() {
    Value sum = ops.conv2d(SAME, images(3), filters(8, 3));
    Graph lowered = backend.lower(graph.build(ops.relu(sum), sum));
    assertThat(specs(lowered)).contains(SAME, Unary.RELU);
    assertThat(lowered.outputs()).contains(sum);
  }

  @Test
  void aResidualAdditionAndItsActivationAreAppliedByTheConvolution() {
    Value x = images(8);
    Value branch = ops.conv2d(SAME, ops.relu(ops.conv2d(SAME, x, filters(8, 8))), filters(8, 8));
    assertThat(names(backend.lower(graph.build(ops.relu(ops.add(x, branch))))))
        .containsOnly("reorder", "conv2d+relu", "conv2d+add+relu");
  }

  @Test
  void elementwiseOperationsAreOneWhereNobodyElseReadsWhatPassesBetweenThem() {
    Value a = graph.input("a", TensorType.of(DType.F32, 2, 3));
    Value left = ops.affine(a, 2, 1);
    Value right = ops.clamp(ops.tanh(a), -0.5, 0.5);
    assertThat(names(backend.lower(graph.build(ops.mul(left, right)))))
        .containsExactly("tanh+clamp", "affine+mul");
  }

  @Test
  void aMinuendIsNoSubtrahend() {
    Value a = graph.input("a", TensorType.of(DType.F32, 2, 3));
    assertThat(names(backend.lower(graph.build(ops.sub(a, ops.tanh(a))))))
        .containsExactly("tanh", "sub");
  }

  @Test
  void whatReadsAVariableRunsBeforeItIsUpdated() {
    GraphBuilder updating = new GraphBuilder();
    Value held = updating.variable("held", TensorType.of(DType.F32, 4));
    Value scaled = updating.ops().affine(held, 2, 0);
    Value next = updating.ops().tanh(held);
    updating.update(held, next);
    Value result = updating.ops().add(scaled, next);
    try (Plan plan = Planner.plan(backend, updating.build(result))) {
      assertThat(plan.steps().getFirst().node().spec()).isEqualTo(new Affine(2, 0));
    }
  }

  @Test
  void imagesAreReorderedOnlyWhereTheyEnterAndLeave() {
    Value x = images(3);
    Value first = ops.relu(ops.conv2d(SAME, x, filters(8, 3)));
    Value second = ops.add(ops.conv2d(SAME, first, filters(8, 8)), first);
    Value pooled = ops.pool2d(HALVING, ops.tanh(second));
    Value flat = ops.flatten(pooled);
    Graph lowered = backend.lower(graph.build(flat));
    List<Node> reorders =
        lowered.nodes().stream()
            .filter(node -> node.spec() instanceof Reorder)
            .filter(node -> !isFilter(node.inputs().getFirst()))
            .toList();
    assertThat(reorders)
        .extracting(node -> node.inputs().getFirst().name())
        .containsExactly(x.name(), pooled.name());
  }

  @Test
  void imagesOfOneChannelNeedNoReorder() {
    Graph lowered = backend.lower(graph.build(ops.conv2d(SAME, images(1), filters(1, 1))));
    assertThat(lowered.nodes())
        .filteredOn(node -> node.spec() instanceof Reorder)
        .allMatch(node -> isFilter(node.inputs().getFirst()));
  }

  @Test
  void aMaximumPoolingKeepsTrueIndicesForWhoeverReadsThem() {
    Value x = images(3);
    List<Value> pooled = graph.add(HALVING, List.of(x));
    Graph lowered = backend.lower(graph.build(pooled));
    assertThat(lowered.nodes()).hasSize(1);
    assertThat(lowered.nodes().getFirst().outputs()).containsExactlyElementsOf(pooled);
  }

  @Test
  void aMaximumPoolingRemembersOneByteForEachWindowWhenOnlyItsGradientReads() {
    Value x = images(3);
    List<Value> pooled = graph.add(HALVING, List.of(x));
    Value loss = ops.mean(pooled.getFirst());
    Value dx = Autodiff.gradients(graph, loss, List.of(x)).getFirst();
    Graph lowered = backend.lower(graph.build(dx));
    Node pool =
        lowered.nodes().stream()
            .filter(node -> node.spec().equals(HALVING))
            .findFirst()
            .orElseThrow();
    assertThat(pool.outputs().get(1).type().bytes()).isEqualTo(pooled.getFirst().type().elements());
  }

  @Test
  void doublePrecisionIsLeftToTheReferenceBackend() {
    Value x = graph.input("x", TensorType.of(DType.F64, 2, 3, 8, 8));
    Value weight = graph.input("weight", TensorType.of(DType.F64, 4, 3, 3, 3));
    try (Plan plan = Planner.plan(backend, graph.build(ops.relu(ops.conv2d(SAME, x, weight))))) {
      assertThat(plan.steps())
          .allMatch(step -> step.op().describe().startsWith("Reference"))
          .hasSize(2);
    }
  }

  @Test
  void noOperationOfAConvolutionalNetworkIsAReferenceKernel() {
    Value x = images(1);
    Value target = graph.input("target", TensorType.of(DType.I64, 4));
    Value weight = graph.input("weight", TensorType.of(DType.F32, 10, 8 * 4 * 4));
    Value bias = graph.input("bias", TensorType.of(DType.F32, 10));
    Value filters = filters(8, 1);
    Value hidden = ops.pool2d(HALVING, ops.relu(ops.conv2d(SAME, x, filters)));
    Value loss = ops.crossEntropy(ops.linear(ops.flatten(hidden), weight, bias), target);
    List<Value> gradients = Autodiff.gradients(graph, loss, List.of(filters, weight, bias));
    try (Plan plan = Planner.plan(backend, graph.build(gradients))) {
      assertThat(plan.steps())
          .extracting(step -> step.op().describe())
          .isNotEmpty()
          .noneMatch(description -> description.startsWith("Reference"));
    }
  }

  private Value images(int channels) {
    return graph.input("x", TensorType.of(DType.F32, 4, channels, 8, 8));
  }

  private Value filters(int out, int in) {
    return graph.input("filters", TensorType.of(DType.F32, out, in, 3, 3));
  }

  private static boolean isFilter(Value value) {
    return value.name().equals("filters");
  }

  private static List<String> names(Graph graph) {
    return specs(graph).stream().map(OpSpec::opName).toList();
  }

  private static List<OpSpec> specs(Graph graph) {
    return graph.nodes().stream().map(Node::spec).toList();
  }
}
