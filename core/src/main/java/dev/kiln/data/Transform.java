package dev.kiln.data;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;

/**
 * Changes one example's features before a network sees them, without changing their shape. What is
 * random in it is decided by the words it is given, which depend on nothing but the seed, the
 * epoch, the example and the transform's place in line.
 */
public interface Transform {

  /**
   * Checks that this transform applies to such examples.
   *
   * @param example the type of one example's features
   * @throws IllegalArgumentException if it does not; the message says what it needs
   */
  void check(TensorType example);

  /**
   * Changes one example in place.
   *
   * @param features the example's {@link DType#F32} elements, and nothing else
   * @param type the example's type, as it was checked
   * @param scratch memory of the same size to work with, of any content
   * @param random four random 32-bit words
   */
  void apply(MemorySegment features, TensorType type, MemorySegment scratch, int[] random);
}
