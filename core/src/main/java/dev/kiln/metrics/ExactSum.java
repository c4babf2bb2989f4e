package dev.kiln.metrics;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * A sum of doubles without rounding, so that neither order nor grouping can change it.
 *
 * <p>The sum is one wide fixed-point number in units of 2<sup>-1074</sup>, held in 32-bit limbs
 * with room for carries: the small superaccumulator of R. Neal, "Fast exact summation using small
 * and large superaccumulators", 2015 (arXiv:1505.05571). Only {@link #value()} rounds, once, to
 * nearest.
 */
final class ExactSum {
  /** Exponent of the unit: every finite double is a whole multiple of 2^-1074. */
  static final int UNIT_EXPONENT = -1074;

  private static final int LIMB_BITS = 32;
  private static final long LIMB_MASK = (1L << LIMB_BITS) - 1;

  /** 2098 bits for the largest double, plus one limb that takes the carries and the sign. */
  private static final int LIMBS = 67;

  /** One addition puts less than 2^33 into a limb, so this many cannot overflow 63 bits. */
  private static final int ADDITIONS_BETWEEN_CARRIES = 1 << 29;

  private static final int SIGNIFICAND_BITS = 52;
  private static final long SIGNIFICAND_MASK = (1L << SIGNIFICAND_BITS) - 1;
  private static final int EXPONENT_MASK = 0x7ff;

  private final long[] limbs = new long[LIMBS];
  private int additions;

  /** Adds one finite number. */
  void add(double x) {
    long bits = Double.doubleToRawLongBits(x);
    int exponent = (int) (bits >>> SIGNIFICAND_BITS) & EXPONENT_MASK;
    if (exponent == EXPONENT_MASK) {
      throw new IllegalArgumentException("exact sum: " + x + " is not finite");
    }
    long significand = bits & SIGNIFICAND_MASK;
    int position = 0; // subnormals already count in units of 2^-1074
    if (exponent != 0) {
      significand |= 1L << SIGNIFICAND_BITS;
      position = exponent - 1;
    }
    int limb = position >>> 5;
    int shift = position & 31;
    long low = (significand & LIMB_MASK) << shift;
    long high = (significand >>> LIMB_BITS) << shift;
    long first = low & LIMB_MASK;
    long second = (low >>> LIMB_BITS) + (high & LIMB_MASK);
    long third = high >>> LIMB_BITS;
    if (bits < 0) {
      limbs[limb] -= first;
      limbs[limb + 1] -= second;
      limbs[limb + 2] -= third;
    } else {
      limbs[limb] += first;
      limbs[limb + 1] += second;
      limbs[limb + 2] += third;
    }
    if (++additions == ADDITIONS_BETWEEN_CARRIES) {
      carry();
    }
  }

  /** Adds x squared without rounding it first (as long as its last bit is no subnormal). */
  void addSquare(double x) {
    double rounded = x * x;
    add(rounded);
    add(Math.fma(x, x, -rounded));
  }

  /** Adds everything that {@code other} holds. */
  void add(ExactSum other) {
    carry();
    other.carry();
    for (int i = 0; i < LIMBS; i++) {
      limbs[i] += other.limbs[i];
    }
    carry();
  }

  /** Makes the sum zero again. */
  void clear() {
    Arrays.fill(limbs, 0);
    additions = 0;
  }

  /** Returns the sum rounded once to the nearest double, infinite only beyond the largest one. */
  double value() {
    return round(units(), UNIT_EXPONENT);
  }

  /** Returns the exact sum in units of 2^-1074. */
  BigInteger units() {
    carry();
    BigInteger sum = BigInteger.valueOf(limbs[LIMBS - 1]);
    for (int i = LIMBS - 2; i >= 0; i--) {
      sum = sum.shiftLeft(LIMB_BITS).add(BigInteger.valueOf(limbs[i]));
    }
    return sum;
  }

  /** Returns n times 2^exponent rounded to the nearest double (ties to even). */
  static double round(BigInteger n, int exponent) {
    // Keep 128 leading bits and fold the rest into the last one: enough to round correctly, and
    // small enough that BigInteger.doubleValue cannot overflow before the exponent is applied.
    int dropped = Math.max(0, n.abs().bitLength() - 128);
    BigInteger magnitude = n.abs();
    BigInteger head = magnitude.shiftRight(dropped);
    if (dropped > 0 && magnitude.getLowestSetBit() < dropped) {
      head = head.setBit(0);
    }
    double rounded = Math.scalb(head.doubleValue(), dropped + exponent);
    return n.signum() < 0 ? -rounded : rounded;
  }

  /** Brings every limb but the last back into [0, 2^32). */
  private void carry() {
    for (int i = 0; i < LIMBS - 1; i++) {
      limbs[i + 1] += limbs[i] >> LIMB_BITS;
      limbs[i] &= LIMB_MASK;
    }
    additions = 0;
  }
}
