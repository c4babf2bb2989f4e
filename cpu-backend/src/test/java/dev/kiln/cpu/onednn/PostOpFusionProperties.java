package dev.kiln.cpu.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Backend;
import dev.kiln.check.Deviation;
import dev.kiln.check.Tolerance;
import dev.kiln.cpu.reference.ReferenceBackend;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.op.Affine;
import dev.kiln.op.Binary;
import dev.kiln.op.Clamp;
import dev.kiln.op.OpSpec;
import dev.kiln.op.Unary;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Elementwise operations compute the same fused as they do one by one. */
class PostOpFusionProperties {

  private static final Tolerance TOLERANCE = new Tolerance(1e-4, 1e-5);

  /**
   * Whose results neither grow nor jump, so that differences to the reference do not either. The
   * gradient of a clamp jumps: -0.8 in single precision is below -0.8.
   */
  private static final Set<Unary> BOUNDED =
      EnumSet.of(
          Unary.NEGATE,
          Unary.ABS,
          Unary.RELU,
          Unary.ELU,
          Unary.GELU,
          Unary.SIGMOID,
          Unary.TANH,
          Unary.HARD_TANH,
          Unary.SOFTSIGN,
          Unary.GAUSSIAN);

  private static OneDnnBackend backend;

  @BeforeContainer
  static void open() {
    backend = new OneDnnBackend();
  }

  @AfterContainer
  static void close() {
    backend.close();
  }

  @Property(tries = 100)
  void everyBitIsTheSame(
      @ForAll Random random,
      @ForAll @IntRange(min = 1, max = 20_000) int elements,
      @ForAll @IntRange(min = 1, max = 20) int links) {
    List<OpSpec> candidates = new ArrayList<>(List.of(Unary.values()));
    Stream.of(Unary.values()).map(Unary.Grad::new).forEach(candidates::add);
    candidates.addAll(List.of(Binary.values()));
    addParametric(candidates);
    candidates.add(new Clamp.Grad(new Clamp(-0.8, 1.1)));
    Chain chain = new Chain(DType.F32, elements, links, candidates, random);
    Tensor fused = chain.run(backend, List.of(chain.result())).getLast();
    // Nothing is fused whose result is read by others, as by the caller here.
    Tensor oneByOne = chain.run(backend, chain.computed).getLast();
    assertThat(bits(fused)).isEqualTo(bits(oneByOne));
  }

  @Property(tries = 60)
  void theReferenceBackendAgrees(
      @ForAll Random random,
      @ForAll @IntRange(min = 1, max = 20_000) int elements,
      @ForAll @IntRange(min = 1, max = 20) int links) {
    List<OpSpec> candidates = new ArrayList<>(BOUNDED);
    Stream.of(Unary.TANH, Unary.SIGMOID, Unary.GELU).map(Unary.Grad::new).forEach(candidates::add);
    candidates.addAll(List.of(Binary.ADD, Binary.SUB, Binary.MUL, Binary.MAXIMUM, Binary.MINIMUM));
    addParametric(candidates);
    long seed = random.nextLong();
    Chain single = new Chain(DType.F32, elements, links, candidates, new Random(seed));
    Chain exact = new Chain(DType.F64, elements, links, candidates, new Random(seed));
    try (Backend reference = new ReferenceBackend()) {
      Tensor got = single.run(backend, List.of(single.result())).getLast();
      Tensor expected = exact.run(reference, List.of(exact.result())).getLast();
      Deviation worst = TOLERANCE.worst("y", got, expected);
      assertThat(worst.passes()).as("%s", worst).isTrue();
    }
  }

  /** Not-a-number is one value: a sum of two of them keeps the sign of either. */
  private static int[] bits(Tensor values) {
    return IntStream.range(0, Math.toIntExact(values.elements()))
        .map(i -> Float.floatToIntBits((float) values.get(i)))
        .toArray();
  }

  private static void addParametric(List<OpSpec> candidates) {
    candidates.add(new Affine(0.7, -0.2));
    candidates.add(new Clamp(-0.8, 1.1));
  }

  /** Two random chains from three operands that meet in one operation. */
  private static final class Chain {
    private final GraphBuilder graph = new GraphBuilder();
    private final List<Value> operands = new ArrayList<>();
    private final List<Value> computed = new ArrayList<>();

    Chain(DType dtype, int elements, int links, List<OpSpec> candidates, Random random) {
      for (String name : List.of("a", "b", "c")) {
        operands.add(graph.input(name, TensorType.of(dtype, elements)));
      }
      Value[] ends = {operands.get(0), operands.get(1)};
      for (int i = 0; i < links; i++) {
        int end = random.nextInt(2);
        OpSpec spec = candidates.get(random.nextInt(candidates.size()));
        Value other = operands.get(random.nextInt(operands.size()));
        List<Value> arguments =
            spec instanceof Unary || spec instanceof Affine || spec instanceof Clamp
                ? List.of(ends[end])
                : random.nextBoolean() ? List.of(ends[end], other) : List.of(other, ends[end]);
        ends[end] = graph.apply(spec, arguments.toArray(Value[]::new));
        computed.add(ends[end]);
      }
      computed.add(graph.apply(Binary.ADD, ends[0], ends[1]));
    }

    Value result() {
      return computed.getLast();
    }

    List<Tensor> run(Backend on, List<Value> wanted) {
      try (Variables variables = new Variables(on);
          Session session = Session.open(on, graph.build(wanted), variables)) {
        for (int i = 0; i < operands.size(); i++) {
          session.feed(operands.get(i), normal(operands.get(i).type(), i));
        }
        session.run();
        return wanted.stream().map(session::read).toList();
      }
    }

    private static Tensor normal(TensorType type, int seed) {
      Random random = new Random(seed);
      Tensor values = Tensor.allocate(type);
      for (long i = 0; i < values.elements(); i++) {
        values.set(i, (float) random.nextGaussian());
      }
      return values;
    }
  }
}
