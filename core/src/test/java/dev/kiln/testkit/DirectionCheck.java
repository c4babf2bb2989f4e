package dev.kiln.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.kiln.backend.Backend;
import dev.kiln.backend.BackendProvider;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.Graph;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Confirms every gradient rule without trusting any: in double precision, the derivative along a
 * random direction by central differences must equal the gradient's product with that direction. A
 * wrong gradient of a single element shows with certainty, since no direction is orthogonal to it.
 */
public abstract class DirectionCheck {

  private static final double STEP = 1e-4;

  /** Central differences of fourth order: their error is in proportion to STEP^4. */
  private static final double[] OFFSETS = {-2, -1, 1, 2};

  private static final double[] WEIGHTS = {1 / 12.0, -8 / 12.0, 8 / 12.0, -1 / 12.0};

  private static final double RELATIVE = 1e-7;

  private static final double ABSOLUTE = 1e-9;

  /** The rounding error of a result, relative to the sizes of its terms. */
  private static final double ROUNDING = 1e-15;

  private static final int DIRECTION = 2000;

  /** A sum, and the sum of its terms' magnitudes. */
  private record Projection(double sum, double magnitude) {}

  /** Returns the provider of a backend that computes in double precision. */
  protected abstract BackendProvider provider();

  @TestFactory
  Stream<DynamicTest> differencesConfirmTheGradient() {
    return OpSamples.all().stream()
        .filter(DirectionCheck::canBeChecked)
        .map(sample -> DynamicTest.dynamicTest(sample.name(), () -> check(sample)));
  }

  /** Every operation that has a gradient is checked in some sample. */
  @Test
  void noGradientGoesUnchecked() {
    Set<Class<?>> checked = new HashSet<>();
    Set<Class<?>> differentiable = new HashSet<>();
    for (Sample sample : OpSamples.all()) {
      if (!sample.differentiable().isEmpty() && !sample.isGradient()) {
        differentiable.add(sample.spec().getClass());
      }
      if (canBeChecked(sample)) {
        checked.add(sample.spec().getClass());
      }
    }
    assertThat(checked).isNotEmpty().containsAll(differentiable);
  }

  /** Whether the gradient exists and nothing is rounded to less than double precision. */
  private static boolean canBeChecked(Sample sample) {
    return sample.smooth()
        && !sample.differentiable().isEmpty()
        && !sample.isGradient()
        && sample.spec().infer(sample.types(DType.F64)).getFirst().dtype() == DType.F64;
  }

  private void check(Sample sample) {
    SampleGraph graph = SampleGraph.backward(sample, DType.F64);
    try (Backend backend = provider().open(0);
        Variables held = new Variables(backend);
        Session session = graph.open(backend, held)) {
      session.run();
      List<Tensor> results = graph.results(session, held);
      for (int i = 0; i < sample.differentiable().size(); i++) {
        int input = sample.differentiable().get(i);
        check(session, graph, sample, input, results.get(sample.differentiableResults() + i));
      }
    }
  }

  private static void check(
      Session session, SampleGraph graph, Sample sample, int input, Tensor gradient) {
    double[] direction = new double[Math.toIntExact(gradient.elements())];
    sample.random(DIRECTION + input).fillNormal(direction);
    double along = 0;
    double magnitude = 0;
    for (int i = 0; i < direction.length; i++) {
      along += gradient.get(i) * direction[i];
      magnitude += Math.abs(gradient.get(i) * direction[i]);
    }
    double derivative = 0;
    double rounding = 0;
    for (int i = 0; i < OFFSETS.length; i++) {
      Projection at = projection(session, graph, input, direction, OFFSETS[i] * STEP);
      derivative += WEIGHTS[i] / STEP * at.sum;
      rounding += Math.abs(WEIGHTS[i]) / STEP * ROUNDING * at.magnitude;
    }
    assertThat(derivative)
        .as("%s: the derivative along a direction of operand %d", sample, input)
        .isCloseTo(along, offset(RELATIVE * magnitude + ABSOLUTE + rounding));
  }

  /** The product of results and upstream gradients, one operand moved along a direction. */
  private static Projection projection(
      Session session, SampleGraph graph, int input, double[] direction, double distance) {
    Graph written = graph.graph();
    Value operand = written.inputs().get(input);
    Tensor at = graph.feeds().get(input);
    Tensor moved = Tensor.allocate(operand.type());
    for (int i = 0; i < direction.length; i++) {
      moved.set(i, at.get(i) + distance * direction[i]);
    }
    session.feed(operand, moved);
    session.run();
    double sum = 0;
    double magnitude = 0;
    for (int result = 0; result < graph.upstream().size(); result++) {
      Tensor y = session.read(written.outputs().get(result));
      Tensor upstream = graph.upstream().get(result);
      for (long i = 0; i < y.elements(); i++) {
        sum += y.get(i) * upstream.get(i);
        magnitude += Math.abs(y.get(i) * upstream.get(i));
      }
    }
    session.feed(operand, at);
    return new Projection(sum, magnitude);
  }
}
