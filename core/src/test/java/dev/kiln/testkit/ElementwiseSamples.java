package dev.kiln.testkit;

import dev.kiln.op.Affine;
import dev.kiln.op.Clamp;
import dev.kiln.op.Dropout;
import dev.kiln.op.Unary;
import dev.kiln.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** Samples of functions of single elements. */
final class ElementwiseSamples {

  private ElementwiseSamples() {}

  static List<Sample> all() {
    List<Sample> samples = new ArrayList<>();
    for (Unary function : Unary.values()) {
      Domain smooth = smooth(function);
      samples.add(Sample.of("[3, 17]", function, Operand.of(smooth, 3, 17)));
      samples.add(Sample.of("[1]", function, Operand.of(smooth, 1)));
      samples.add(Sample.of("scalar", function, Operand.of(smooth)));
      samples.add(Sample.of("[2, 13, 129]", function, Operand.of(smooth, 2, 13, 129)));
      samples.add(Sample.of("extremes", function, Operand.of(extremes(function), 13)).atKinks());
      samples.add(gradient("[3, 17]", function, smooth, 3, 17));
      samples.add(gradient("[129]", function, smooth, 129));
    }
    samples.add(
        Sample.of("more elements than a core's share", Unary.TANH, Operand.normal(129, 1029)));
    samples.addAll(constants());
    samples.addAll(dropout());
    return samples;
  }

  /** Values inside the function's domain and away from its kinks. */
  private static Domain smooth(Unary function) {
    return switch (function) {
      case SQRT, LOG -> Domain.normal().map(x -> 0.3 + Math.abs(x));
      case RECIPROCAL -> Domain.awayFrom(0.5, 0);
      case ABS, STEP, RELU, LEAKY_RELU, ELU, SELU -> Domain.awayFrom(0.1, 0);
      case HARD_SIGMOID -> Domain.awayFrom(0.1, -3, 3);
      case HARD_TANH -> Domain.awayFrom(0.1, -1, 1);
      case EXP -> Domain.normal();
      case IDENTITY,
          NEGATE,
          SQUARE,
          GELU,
          GELU_TANH,
          SILU,
          MISH,
          SOFTPLUS,
          SOFTSIGN,
          SIGMOID,
          TANH,
          GAUSSIAN ->
          Domain.awayFrom(0, 0);
    };
  }

  /** Kinks, and arguments so large that a careless formula overflows in between. */
  private static Domain extremes(Unary function) {
    return switch (function) {
      case SQRT, LOG -> Domain.cycle(1e-6, 1, 80, 1e6);
      case RECIPROCAL -> Domain.cycle(-1e6, -1, 1e-3, 1, 1e6);
      case EXP -> Domain.cycle(-80, -1, 0, 1, 80);
      case IDENTITY,
          NEGATE,
          ABS,
          SQUARE,
          STEP,
          RELU,
          LEAKY_RELU,
          ELU,
          SELU,
          GELU,
          GELU_TANH,
          SILU,
          MISH,
          SOFTPLUS,
          SOFTSIGN,
          SIGMOID,
          HARD_SIGMOID,
          TANH,
          HARD_TANH,
          GAUSSIAN ->
          Domain.cycle(-1000, -80, -3, -1, -1e-3, 0, 1e-3, 1, 3, 80, 1000);
    };
  }

  private static Sample gradient(String name, Unary function, Domain smooth, int... dims) {
    Domain kept =
        switch (function.derivativeFrom()) {
          case INPUT -> smooth;
          case OUTPUT -> smooth.map(function::forward);
        };
    return Sample.of(
        function + " " + name,
        new Unary.Grad(function),
        Operand.of(kept, dims),
        Operand.normal(dims));
  }

  private static List<Sample> constants() {
    Domain inside = Domain.awayFrom(0.1, -1.5, 2);
    return List.of(
        Sample.of("2.5 x - 1 [3, 17]", new Affine(2.5, -1), Operand.normal(3, 17)),
        Sample.of("scale scalar", Affine.scale(-0.5), Operand.normal()),
        Sample.of("by zero [129]", new Affine(0, 3), Operand.normal(129)),
        Sample.of("[3, 17]", new Clamp(-1.5, 2), Operand.of(inside, 3, 17)),
        Sample.of("[1]", new Clamp(-1.5, 2), Operand.of(inside, 1)),
        Sample.of(
            "only from above [129]",
            new Clamp(Double.NEGATIVE_INFINITY, 2),
            Operand.of(inside, 129)),
        Sample.of("at its bounds", new Clamp(-1, 1), Operand.of(Domain.cycle(-2, -1, 0, 1, 2), 13))
            .atKinks(),
        Sample.of(
            "[13]",
            new Clamp.Grad(new Clamp(-1, 1)),
            Operand.of(Domain.cycle(-2, -1, 0, 1, 2), 13),
            Operand.normal(13)));
  }

  private static List<Sample> dropout() {
    return List.of(
        Sample.of("half of [3, 17]", new Dropout(0.5, 0), Operand.normal(3, 17), counter(7, 0)),
        Sample.of("a tenth of [129]", new Dropout(0.1, 3), Operand.normal(129), counter(-1, 13)),
        Sample.of("none of [1]", new Dropout(0, 1), Operand.normal(1), counter(1, 1)),
        Sample.of(
            "wide seed and step",
            new Dropout(0.25, 0x7fffffff),
            Operand.normal(2, 13, 129),
            counter(1L << 45, 1L << 40)));
  }

  /** Seeds and steps here are whole numbers that a double holds exactly. */
  private static Operand counter(long seed, long step) {
    return Operand.of(DType.I64, Domain.cycle(seed, step), 2);
  }
}
