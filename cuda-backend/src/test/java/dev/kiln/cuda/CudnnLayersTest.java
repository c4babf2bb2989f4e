package dev.kiln.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.AlgorithmChoice;
import dev.kiln.backend.Backend;
import dev.kiln.backend.BackendProvider;
import dev.kiln.backend.ComputeOptions;
import dev.kiln.cpu.reference.ReferenceProvider;
import dev.kiln.exec.Plan;
import dev.kiln.exec.Planner;
import dev.kiln.graph.Autodiff;
import dev.kiln.graph.Graph;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.op.BatchNorm;
import dev.kiln.op.Conv2d;
import dev.kiln.op.Dropout;
import dev.kiln.op.LayerNorm;
import dev.kiln.op.LogSoftmax;
import dev.kiln.op.OpSpec;
import dev.kiln.op.Pool2d;
import dev.kiln.op.Recurrent;
import dev.kiln.op.RecurrentCell;
import dev.kiln.op.Size2d;
import dev.kiln.op.Softmax;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The layers of networks with their gradients: which call of cuDNN or kernel computes them, and in
 * double precision, which the contract does not run, the numbers of the reference.
 */
class CudnnLayersTest {

  private static final Offset<Double> ROUNDING = Offset.offset(1e-12);
  private static final Size2d TWO = Size2d.square(2);
  private static final Dropout NONE = new Dropout(0, 0);

  /** An operation, the shapes of its floating-point inputs, and what a plan must show. */
  private record Layer(OpSpec spec, List<int[]> inputs, List<String> runs) {

    @Override
    public String toString() {
      return spec.toString();
    }
  }

  static Stream<Layer> layers() {
    return Stream.of(
        new Layer(
            new Softmax(1),
            List.of(dims(3, 5, 2)),
            List.of("cudnnSoftmaxForward", "cudnnSoftmaxBackward")),
        new Layer(
            new LogSoftmax(0),
            List.of(dims(3, 5)),
            List.of("cudnnSoftmaxForward", "cudnnSoftmaxBackward")),
        new Layer(
            pool(Pool2d.Kind.AVERAGE_EXCLUDING_PADDING),
            List.of(dims(2, 3, 5, 7)),
            List.of("cudnnPoolingForward", "cudnnPoolingBackward")),
        new Layer(
            pool(Pool2d.Kind.AVERAGE_INCLUDING_PADDING),
            List.of(dims(2, 3, 5, 7)),
            List.of("cudnnPoolingForward", "cudnnPoolingBackward")),
        new Layer(
            pool(Pool2d.Kind.MAX),
            List.of(dims(2, 3, 5, 7)),
            List.of("kernel max_pool2d", "kernel max_pool2d_grad")),
        new Layer(
            new BatchNorm(0.1, 1e-5),
            List.of(dims(3, 4, 2, 2), dims(4), dims(4), dims(4), dims(4)),
            List.of("cudnnBatchNormalizationForwardTraining", "cudnnBatchNormalizationBackward")),
        new Layer(
            new LayerNorm(1, 1e-5),
            List.of(dims(3, 5), dims(5), dims(5)),
            List.of(
                "kernel layer_norm", "kernels layer_norm_input_grad, layer_norm_parameter_grad")),
        new Layer(
            Conv2d.PLAIN.withGroups(2).withPadding(Size2d.square(1)),
            List.of(dims(2, 4, 5, 6), dims(6, 2, 3, 3), dims(6)),
            List.of(
                "cudnnConvolutionForward, algorithm 3",
                "cudnnConvolutionBackwardData, algorithm 3",
                "cudnnConvolutionBackwardFilter, algorithm 3")),
        recurrent(
            new Recurrent(RecurrentCell.GRU, 4, 2, true, false, NONE),
            "cudnnRNNForward",
            "cudnnRNNBackwardData_v8, cudnnRNNBackwardWeights_v8"),
        recurrent(
            new Recurrent(RecurrentCell.LSTM, 4, 1, false, false, NONE),
            "cudnnRNNForward",
            "cudnnRNNBackwardData_v8, cudnnRNNBackwardWeights_v8"),
        recurrent(
            new Recurrent(RecurrentCell.LSTM, 4, 2, true, true, NONE),
            "kernel recurrent_lstm",
            "kernel recurrent_lstm_grad"),
        recurrent(
            new Recurrent(RecurrentCell.RNN_TANH, 4, 2, false, false, new Dropout(0.4, 3)),
            "kernel recurrent_rnn_tanh",
            "kernel recurrent_rnn_tanh_grad"));
  }

  private static Pool2d pool(Pool2d.Kind kind) {
    return new Pool2d(kind, TWO, Size2d.square(1), Size2d.square(1));
  }

  private static Layer recurrent(Recurrent spec, String... runs) {
    int batch = 3;
    int features = 5;
    int[] state = dims(spec.layers() * spec.directions(), batch, spec.hidden());
    List<int[]> inputs = new ArrayList<>();
    inputs.add(dims(batch, 6, features));
    inputs.add(dims((int) spec.weights(features).length()));
    for (int i = 0; i < spec.states(); i++) {
      inputs.add(state);
    }
    return new Layer(spec, inputs, List.of(runs));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void isComputedByWhatThePlanSays(Layer layer) {
    try (Backend backend = CudaOnHost.provider().open(0);
        Plan plan = Planner.plan(backend, graph(layer))) {
      assertThat(plan.describe()).contains(layer.runs);
    }
  }

  /** Its recurrent calls take BF16 from 9.13 on. */
  @ParameterizedTest
  @CsvSource({"90501, kernel recurrent_gru", "91300, cudnnRNNForward"})
  void recurrentStacksInBf16AreComputedByWhatTheVersionOfCudnnCan(long version, String runs) {
    Layer stack = recurrent(new Recurrent(RecurrentCell.GRU, 4, 2, true, false, NONE));
    BackendProvider provider = CudaOnHost.provider();
    CudaOnHost.setCudnnVersion(version);
    try (Backend backend = provider.open(0);
        Plan plan = Planner.plan(backend, graph(stack, DType.BF16))) {
      assertThat(plan.describe()).contains(runs);
    } finally {
      CudaOnHost.setCudnnVersion(90501);
    }
    assertThat(CudaOnHost.report()).isEmpty();
  }

  /** The stand-in ranks another algorithm first than the one that it measures as the fastest. */
  @ParameterizedTest
  @EnumSource(names = {"F32", "F64"})
  void fixedAlgorithmsAreTheFirstOfCudnnsRankingThatRepeatTheirBits(DType dtype) {
    Layer convolution =
        new Layer(Conv2d.PLAIN, List.of(dims(2, 4, 5, 6), dims(6, 4, 3, 3)), List.of());
    try (Backend backend =
            CudaOnHost.provider().open(0, ComputeOptions.DEFAULT.with(AlgorithmChoice.FIXED));
        Plan plan = Planner.plan(backend, graph(convolution, dtype))) {
      assertThat(plan.describe())
          .contains("cudnnConvolutionForward, algorithm 1")
          .contains("cudnnConvolutionBackwardData, algorithm 1")
          .contains("cudnnConvolutionBackwardFilter, algorithm 1");
    }
    assertThat(CudaOnHost.report()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("layers")
  void hasTheNumbersOfTheReferenceInDoublePrecision(Layer layer) {
    Graph graph = graph(layer);
    List<double[]> expected = run(new ReferenceProvider(), graph);
    CudaOnHost.provider();
    CudaOnHost.reset();
    List<double[]> actual = run(CudaOnHost.provider(), graph);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i))
          .as(graph.outputs().get(i).name())
          .containsExactly(expected.get(i), ROUNDING);
    }
    assertThat(CudaOnHost.report()).isEmpty();
  }

  /** The operation and the gradients of all its floating-point inputs but running statistics. */
  private static Graph graph(Layer layer) {
    return graph(layer, DType.F64);
  }

  private static Graph graph(Layer layer, DType dtype) {
    GraphBuilder graph = new GraphBuilder();
    List<Value> inputs = new ArrayList<>();
    for (int[] dims : layer.inputs) {
      inputs.add(graph.input("x" + inputs.size(), TensorType.of(dtype, dims)));
    }
    List<Value> sources = List.copyOf(inputs);
    int results = 1;
    if (layer.spec instanceof BatchNorm) {
      sources = inputs.subList(0, 3);
    }
    if (layer.spec instanceof Recurrent spec) {
      results = 1 + spec.states();
      if (spec.ragged()) {
        inputs.add(graph.input("lengths", TensorType.of(DType.I64, layer.inputs.getFirst()[0])));
      }
      if (spec.hasDropout()) {
        inputs.add(graph.input("counter", TensorType.of(DType.I64, 2)));
      }
    }
    List<Value> outputs = new ArrayList<>(graph.add(layer.spec, inputs).subList(0, results));
    List<Value> upstream = new ArrayList<>();
    for (Value output : outputs) {
      upstream.add(graph.input("upstream" + upstream.size(), output.type()));
    }
    outputs.addAll(Autodiff.gradients(graph, List.copyOf(outputs), upstream, sources));
    return graph.build(outputs);
  }

  private static List<double[]> run(BackendProvider provider, Graph graph) {
    return GraphRuns.outputs(provider, graph, CudnnLayersTest::values).stream()
        .map(Tensor::toDoubleArray)
        .toList();
  }

  /** Numbers that differ in every place; positive where they may be variances. */
  private static Tensor values(TensorType type, int salt) {
    Tensor tensor = Tensor.allocate(type);
    for (int i = 0; i < type.elements(); i++) {
      tensor.set(i, type.dtype() == DType.I64 ? 1 + 2 * i : 1 + Math.sin(3.7 * i + salt) * 0.9);
    }
    return tensor;
  }

  private static int[] dims(int... dims) {
    return dims;
  }
}
