package dev.kiln.check;

import dev.kiln.backend.Backend;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.Autodiff;
import dev.kiln.graph.Graph;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.op.OpSpec;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Confirms the gradient rule of an operation without trusting it: in double precision, the
 * derivative along a random direction by central differences must equal the gradient's product with
 * that direction. A wrong gradient of a single element shows with certainty, since no direction is
 * orthogonal to it.
 *
 * <pre>{@code
 * try (Backend backend = Backends.open("reference")) {
 *   assertThat(GradientCheck.run(backend, new Cube(), Tensor.of(Shape.of(3), 0.5, -1.0, 2.0)))
 *       .allMatch(GradientCheck.Result::passes);
 * }
 * }</pre>
 *
 * <p>The operation must be smooth at the operands' values.
 */
public final class GradientCheck {

  private static final double STEP = 1e-4;

  /** Central differences of fourth order: their error is in proportion to STEP^4. */
  private static final double[] OFFSETS = {-2, -1, 1, 2};

  private static final double[] WEIGHTS = {1 / 12.0, -8 / 12.0, 8 / 12.0, -1 / 12.0};

  private static final double RELATIVE = 1e-7;

  private static final double ABSOLUTE = 1e-9;

  /** The rounding error of a result, relative to the sizes of its terms. */
  private static final double ROUNDING = 1e-15;

  /** Random streams: one for the gradient that comes back, one for the directions. */
  private static final int UPSTREAM = 1000;

  private static final int DIRECTION = 2000;

  private final Graph graph;
  private final List<Tensor> feeds = new ArrayList<>();
  private final List<Value> results;
  private final List<Tensor> upstream = new ArrayList<>();
  private final List<Value> gradients;
  private final List<Integer> operands;
  private final long seed;

  /**
   * The derivative with respect to one operand along one direction.
   *
   * @param operand the operand's position
   * @param gradient the gradient's product with the direction
   * @param differences what central differences give
   * @param allowed how far these may be apart
   */
  public record Result(int operand, double gradient, double differences, double allowed) {

    /** Returns whether the two agree. */
    public boolean passes() {
      return Math.abs(gradient - differences) <= allowed;
    }

    @Override
    public String toString() {
      return "operand %d: the gradient says %s, differences say %s, %s apart; allowed are %s"
          .formatted(operand, gradient, differences, Math.abs(gradient - differences), allowed);
    }
  }

  private record Projection(double sum, double magnitude) {}

  private GradientCheck(
      OpSpec spec, List<Tensor> values, List<Integer> operands, int differentiable, long seed) {
    GraphBuilder builder = new GraphBuilder();
    List<Value> inputs = new ArrayList<>();
    for (Tensor value : values) {
      inputs.add(builder.input("x" + inputs.size(), value.type()));
      feeds.add(value);
    }
    this.operands = operands;
    this.seed = seed;
    results = builder.add(spec, inputs).subList(0, differentiable);
    List<Value> back = new ArrayList<>();
    for (Value result : results) {
      Tensor random = Tensor.allocate(result.type());
      fill(random, normal(UPSTREAM + back.size(), random));
      back.add(builder.input("upstream", result.type()));
      upstream.add(random);
      feeds.add(random);
    }
    gradients =
        Autodiff.gradients(builder, results, back, operands.stream().map(inputs::get).toList());
    List<Value> outputs = new ArrayList<>(results);
    outputs.addAll(gradients);
    graph = builder.build(outputs);
  }

  /**
   * Checks the gradient of an operation's first result with respect to every floating-point
   * operand.
   *
   * @param backend one that computes in double precision: {@code reference}, or {@code onednn}
   * @param spec the operation
   * @param operands its operands, floating-point ones F64
   * @return a result for each of these, in their order
   * @throws IllegalArgumentException if there is none, or one is of another floating-point type
   */
  public static List<Result> run(Backend backend, OpSpec spec, Tensor... operands) {
    List<Tensor> values = List.of(operands);
    List<Integer> floating =
        IntStream.range(0, operands.length)
            .filter(i -> operands[i].type().dtype().isFloating())
            .boxed()
            .toList();
    return run(backend, spec, values, floating, 1, 1);
  }

  /**
   * Checks the gradient of some of an operation's results with respect to some operands.
   *
   * @param backend one that computes in double precision
   * @param spec the operation
   * @param values its operands, floating-point ones F64
   * @param operands the positions of those to check
   * @param differentiable how many results, from the first on, a gradient comes back through
   * @param seed chooses the directions
   * @return a result for each of the operands to check, in their order
   * @throws IllegalArgumentException if there is none, or a floating-point operand is not F64
   */
  public static List<Result> run(
      Backend backend,
      OpSpec spec,
      List<Tensor> values,
      List<Integer> operands,
      int differentiable,
      long seed) {
    boolean inDouble =
        values.stream()
            .map(value -> value.type().dtype())
            .allMatch(dtype -> dtype == DType.F64 || !dtype.isFloating());
    if (!inDouble || operands.isEmpty()) {
      throw new IllegalArgumentException(
          "the gradient check of %s needs operands of F64, but got %s; convert them by Tensor.to(DType.F64)"
              .formatted(spec.opName(), values.stream().map(Tensor::type).toList()));
    }
    GradientCheck check = new GradientCheck(spec, values, operands, differentiable, seed);
    try (Variables none = new Variables(backend);
        Session session = Session.open(backend, check.graph, none)) {
      return check.results(session);
    }
  }

  private List<Result> results(Session session) {
    for (int i = 0; i < feeds.size(); i++) {
      session.feed(graph.inputs().get(i), feeds.get(i));
    }
    session.run();
    List<Tensor> read = gradients.stream().map(session::read).toList();
    List<Result> checked = new ArrayList<>();
    for (int i = 0; i < operands.size(); i++) {
      checked.add(result(session, operands.get(i), read.get(i)));
    }
    return checked;
  }

  private Result result(Session session, int operand, Tensor gradient) {
    double[] direction = normal(DIRECTION + operand, gradient);
    double along = 0;
    double magnitude = 0;
    for (int i = 0; i < direction.length; i++) {
      along += gradient.get(i) * direction[i];
      magnitude += Math.abs(gradient.get(i) * direction[i]);
    }
    double derivative = 0;
    double rounding = 0;
    for (int i = 0; i < OFFSETS.length; i++) {
      Projection at = projection(session, operand, direction, OFFSETS[i] * STEP);
      derivative += WEIGHTS[i] / STEP * at.sum;
      rounding += Math.abs(WEIGHTS[i]) / STEP * ROUNDING * at.magnitude;
    }
    return new Result(operand, along, derivative, RELATIVE * magnitude + ABSOLUTE + rounding);
  }

  /** The product of results and upstream gradients, one operand moved along a direction. */
  private Projection projection(Session session, int operand, double[] direction, double distance) {
    Tensor at = feeds.get(operand);
    Tensor moved = Tensor.allocate(at.type());
    for (int i = 0; i < direction.length; i++) {
      moved.set(i, at.get(i) + distance * direction[i]);
    }
    session.feed(graph.inputs().get(operand), moved);
    session.run();
    double sum = 0;
    double magnitude = 0;
    for (int result = 0; result < upstream.size(); result++) {
      Tensor y = session.read(results.get(result));
      for (long i = 0; i < y.elements(); i++) {
        double term = y.get(i) * upstream.get(result).get(i);
        sum += term;
        magnitude += Math.abs(term);
      }
    }
    session.feed(graph.inputs().get(operand), at);
    return new Projection(sum, magnitude);
  }

  private double[] normal(int stream, Tensor like) {
    double[] values = new double[Math.toIntExact(like.elements())];
    new Philox(seed, stream, 0).fillNormal(values);
    return values;
  }

  private static void fill(Tensor tensor, double... values) {
    for (int i = 0; i < values.length; i++) {
      tensor.set(i, values[i]);
    }
  }
}
