package dev.kiln.testkit;

import dev.kiln.op.Binary;
import java.util.ArrayList;
import java.util.List;

/** Samples of arithmetic between two tensors, with every pattern of broadcasting. */
final class ArithmeticSamples {

  private ArithmeticSamples() {}

  /** How the two operands' shapes differ. */
  private record Pattern(String name, int[] a, int[] b) {}

  private static final List<Pattern> PATTERNS =
      List.of(
          new Pattern("[4, 5] with [4, 5]", dims(4, 5), dims(4, 5)),
          new Pattern("[1] with [1]", dims(1), dims(1)),
          new Pattern("[129] with [129]", dims(129), dims(129)),
          new Pattern("scalars", dims(), dims()),
          new Pattern("a row", dims(4, 5), dims(5)),
          new Pattern("a row over a", dims(5), dims(4, 5)),
          new Pattern("a column", dims(13, 129), dims(13, 1)),
          new Pattern("a middle column", dims(2, 3, 4), dims(3, 1)),
          new Pattern("a scalar", dims(2, 3, 4), dims()),
          new Pattern("a scalar over a", dims(), dims(13)),
          new Pattern("a channel of images", dims(2, 3, 4, 5), dims(3, 1, 1)),
          new Pattern("both ways", dims(13, 1), dims(1, 129)),
          new Pattern("both ways and new axes", dims(3, 1, 5), dims(2, 1, 4, 1)),
          new Pattern("more elements than a core's share", dims(129, 513), dims(129, 513)));

  static List<Sample> all() {
    List<Sample> samples = new ArrayList<>();
    for (Binary operation : Binary.values()) {
      for (Pattern pattern : PATTERNS) {
        samples.add(
            Sample.of(
                    pattern.name,
                    operation,
                    Operand.of(Domain.grid(0.5, 0), pattern.a),
                    Operand.of(second(operation), pattern.b))
                .within(1e-4, 1e-4));
      }
    }
    for (Binary operation : List.of(Binary.MAXIMUM, Binary.MINIMUM, Binary.DOMINANCE)) {
      Operand whole = Operand.of(Domain.below(3), 3, 17);
      samples.add(Sample.of("of equals", operation, whole, whole).atKinks());
    }
    return samples;
  }

  /** Off the grid of the first operand, so that they are nowhere equal and never zero. */
  private static Domain second(Binary operation) {
    return switch (operation) {
      case ADD, SUB, MUL, MAXIMUM, MINIMUM, DOMINANCE -> Domain.grid(0.5, 0.25);
      case DIV -> Domain.awayFrom(0.5, 0);
    };
  }

  private static int[] dims(int... dims) {
    return dims;
  }
}
