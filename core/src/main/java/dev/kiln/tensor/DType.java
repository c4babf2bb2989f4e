package dev.kiln.tensor;

/** The type of a tensor's elements. */
public enum DType {
  /** IEEE 754 single precision, the default for training. */
  F32(4),
  /** IEEE 754 double precision, for checking gradients. */
  F64(8),
  /** IEEE 754 half precision: 11 significant bits, at most 65504. */
  F16(2),
  /** bfloat16: the upper half of an {@link #F32}, with its range and 8 significant bits. */
  BF16(2),
  /** Signed 32-bit integers. */
  I32(4),
  /** Signed 64-bit integers: labels, indices, counters. */
  I64(8),
  /** Unsigned bytes: raw pixels. */
  U8(1),
  /**
   * Bytes whose meaning only the backend that wrote them knows, such as the reserve space of a
   * recurrent layer. The shape counts bytes unless the layout says otherwise.
   */
  OPAQUE(1);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Returns the size of one element in bytes. */
  public int bytes() {
    return bytes;
  }

  /** Returns whether elements are floating-point numbers, so that a gradient can flow. */
  public boolean isFloating() {
    return switch (this) {
      case F32, F64, F16, BF16 -> true;
      case I32, I64, U8, OPAQUE -> false;
    };
  }

  /**
   * Returns the type in which sums over such elements, and what is made of them, are kept: {@link
   * #F32} for {@link #F16} and {@link #BF16}, every other type itself.
   */
  public DType accumulator() {
    return this == F16 || this == BF16 ? F32 : this;
  }

  /** Returns whether elements are whole numbers usable as labels or indices. */
  public boolean isInteger() {
    return switch (this) {
      case I32, I64, U8 -> true;
      case F32, F64, F16, BF16, OPAQUE -> false;
    };
  }
}
