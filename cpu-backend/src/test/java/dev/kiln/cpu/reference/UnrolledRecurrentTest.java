package dev.kiln.cpu.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.check.Deviation;
import dev.kiln.check.Tolerance;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.Autodiff;
import dev.kiln.graph.Graph;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.op.Recurrent;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import dev.kiln.testkit.OpSamples;
import dev.kiln.testkit.Operand;
import dev.kiln.testkit.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A recurrent stack computes what its steps compute when they are written out one by one. */
class UnrolledRecurrentTest {

  private static final Tolerance ROUNDING = new Tolerance(1e-11, 1e-11);

  @ParameterizedTest
  @MethodSource("samples")
  void valuesAndGradientsAreThoseOfTheUnrolledSteps(Sample sample) {
    List<Tensor> got = run(sample, false);
    List<Tensor> want = run(sample, true);
    assertThat(got).hasSameSizeAs(want).hasSizeGreaterThan(4);
    for (int i = 0; i < want.size(); i++) {
      assertThat(ROUNDING.worst("result " + i, got.get(i), want.get(i)))
          .matches(Deviation::passes, "is within rounding");
    }
  }

  static Stream<Sample> samples() {
    return OpSamples.all().stream()
        .filter(sample -> sample.spec() instanceof Recurrent)
        .filter(UnrolledRecurrentTest::hasValidLengths);
  }

  private static boolean hasValidLengths(Sample sample) {
    Recurrent spec = (Recurrent) sample.spec();
    int steps = sample.types(DType.F64).getFirst().shape().dim(1);
    return lengths(sample, spec, steps).stream().allMatch(n -> n >= 1 && n <= steps);
  }

  private static List<Integer> lengths(Sample sample, Recurrent spec, int steps) {
    List<Integer> lengths = new ArrayList<>();
    for (int i = 0; i < sample.types(DType.F64).getFirst().shape().dim(0); i++) {
      lengths.add(
          spec.ragged() ? (int) sample.values(DType.F64).get(spec.lengthsIndex()).get(i) : steps);
    }
    return lengths;
  }

  /** Outputs and gradients for a random upstream gradient of every output. */
  private static List<Tensor> run(Sample sample, boolean unrolled) {
    Recurrent spec = (Recurrent) sample.spec();
    GraphBuilder graph = new GraphBuilder();
    List<Value> inputs = new ArrayList<>();
    List<Tensor> feeds = new ArrayList<>(sample.values(DType.F64));
    for (TensorType type : sample.types(DType.F64)) {
      inputs.add(graph.input("x" + inputs.size(), type));
    }
    int steps = inputs.getFirst().shape().dim(1);
    List<Value> outputs;
    if (unrolled) {
      List<Value> masks = new ArrayList<>();
      List<Integer> lengths = lengths(sample, spec, steps);
      for (int time = 0; time < steps; time++) {
        Tensor mask = mask(lengths, time);
        masks.add(graph.input("mask" + time, mask.type()));
        feeds.add(mask);
      }
      outputs = UnrolledRecurrent.write(graph, spec, inputs, masks);
    } else {
      List<Value> all = graph.add(spec, inputs);
      outputs = all.subList(0, all.size() - 1); // without the reserve
    }
    List<Value> upstream = new ArrayList<>();
    for (Value output : outputs) {
      int stream = 3000 + upstream.size();
      feeds.add(Operand.normal(output.shape().toArray()).values(DType.F64, sample.random(stream)));
      upstream.add(graph.input("upstream" + upstream.size(), output.type()));
    }
    List<Value> sources = sample.differentiable().stream().map(inputs::get).toList();
    List<Value> results = new ArrayList<>(outputs);
    results.addAll(Autodiff.gradients(graph, outputs, upstream, sources));
    return run(graph.build(results), feeds);
  }

  private static Tensor mask(List<Integer> lengths, int time) {
    Tensor mask = Tensor.allocate(TensorType.of(DType.F64, lengths.size(), 1));
    for (int i = 0; i < lengths.size(); i++) {
      mask.set(i, time < lengths.get(i) ? 1 : 0);
    }
    return mask;
  }

  private static List<Tensor> run(Graph graph, List<Tensor> feeds) {
    try (ReferenceBackend backend = new ReferenceBackend();
        Variables variables = new Variables(backend);
        Session session = Session.open(backend, graph, variables)) {
      for (int i = 0; i < feeds.size(); i++) {
        session.feed(graph.inputs().get(i), feeds.get(i));
      }
      session.run();
      return graph.outputs().stream().map(session::read).toList();
    }
  }
}
