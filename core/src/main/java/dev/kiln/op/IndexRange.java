package dev.kiln.op;

import java.util.OptionalLong;

/**
 * The whole numbers that an operand may hold, such as labels, indices or lengths; any other makes
 * the result not a number.
 *
 * @param operand the operand's position
 * @param name its name, such as {@code target}
 * @param from the smallest
 * @param to one more than the largest
 * @param besides one more that is allowed, such as {@link CrossEntropy#IGNORE}
 */
public record IndexRange(int operand, String name, long from, long to, OptionalLong besides) {

  /** Returns the range without anything besides. */
  static IndexRange of(int operand, String name, long from, long to) {
    return new IndexRange(operand, name, from, to, OptionalLong.empty());
  }

  /** Returns whether the operand may hold this number. */
  public boolean allows(long number) {
    return (number >= from && number < to)
        || (besides.isPresent() && besides.getAsLong() == number);
  }

  /** Returns the range as {@code from 0 to 9, or -100}. */
  @Override
  public String toString() {
    return "from %d to %d".formatted(from, to - 1)
        + (besides.isPresent() ? ", or " + besides.getAsLong() : "");
  }
}
