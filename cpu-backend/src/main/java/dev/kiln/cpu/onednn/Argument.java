package dev.kiln.cpu.onednn;

import java.lang.foreign.MemorySegment;

/**
 * An operand of a primitive: what oneDNN calls it, where its memory comes from and how it lies
 * there.
 *
 * @param id the number in dnnl_types.h, such as {@link #SRC}
 * @param source what the memory belongs to
 * @param index which of the operation's inputs or outputs it is
 * @param desc the placement
 * @param constant the memory of a constant, else the null segment
 */
record Argument(int id, Source source, int index, MemoryDesc desc, MemorySegment constant) {

  /** What an operand's memory belongs to. */
  enum Source {
    /** An input of the operation. */
    INPUT,
    /** An output of the operation. */
    OUTPUT,
    /** A constant that the operation owns. */
    CONSTANT
  }

  static final int SRC = 1;
  static final int SRC_1 = 2;
  static final int SRC_2 = 3;
  static final int DST = 17;
  static final int DST_1 = 18;
  static final int DST_2 = 19;
  static final int WEIGHTS = 33;
  static final int WEIGHTS_1 = 34;
  static final int BIAS = 41;
  static final int MEAN = 49;
  static final int VARIANCE = 50;
  static final int SCALE = 51;
  static final int SHIFT = 52;
  static final int WORKSPACE = 64;
  static final int SCRATCHPAD = 80;
  static final int DIFF_SRC = 129;
  static final int DIFF_DST = 145;
  static final int DIFF_WEIGHTS = 161;
  static final int DIFF_BIAS = 169;
  static final int DIFF_SCALE = 255;
  static final int DIFF_SHIFT = 256;

  private static final int GRADIENT = 128;
  private static final int POST_OP = 32768;

  /** Returns the number of an operand's gradient: {@link #DIFF_SRC} for {@link #SRC}. */
  static int gradientOf(int id) {
    return id + GRADIENT;
  }

  /** Returns the number of the right operand of a primitive's post-operation. */
  static int ofPostOp(int position) {
    return POST_OP * (position + 1) | SRC_1;
  }

  static Argument input(int id, int index, MemoryDesc desc) {
    return new Argument(id, Source.INPUT, index, desc, MemorySegment.NULL);
  }

  static Argument output(int id, int index, MemoryDesc desc) {
    return new Argument(id, Source.OUTPUT, index, desc, MemorySegment.NULL);
  }

  static Argument constant(int id, MemorySegment values, MemoryDesc desc) {
    return new Argument(id, Source.CONSTANT, 0, desc, values);
  }
}
