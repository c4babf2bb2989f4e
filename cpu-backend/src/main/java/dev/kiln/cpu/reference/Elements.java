package dev.kiln.cpu.reference;

import dev.kiln.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Copies runs of elements between tensors and arrays of doubles, where sums are formed. */
final class Elements {

  private Elements() {}

  /** Copies {@code count} elements, from {@code from} on, to the start of an array. */
  static void load(Tensor source, long from, double[] values, int count) {
    MemorySegment data = source.data();
    switch (source.type().dtype()) {
      case F32 -> {
        for (int i = 0; i < count; i++) {
          values[i] = data.getAtIndex(ValueLayout.JAVA_FLOAT, from + i);
        }
      }
      case F64 ->
          MemorySegment.copy(data, ValueLayout.JAVA_DOUBLE, from * Double.BYTES, values, 0, count);
      case F16, BF16, I32, I64, U8, OPAQUE -> {
        for (int i = 0; i < count; i++) {
          values[i] = source.get(from + i);
        }
      }
    }
  }

  /** Copies the first {@code count} values of an array to the elements from {@code to} on. */
  static void store(double[] values, Tensor destination, long to, int count) {
    MemorySegment data = destination.data();
    switch (destination.type().dtype()) {
      case F32 -> {
        for (int i = 0; i < count; i++) {
          data.setAtIndex(ValueLayout.JAVA_FLOAT, to + i, (float) values[i]);
        }
      }
      case F64 ->
          MemorySegment.copy(values, 0, data, ValueLayout.JAVA_DOUBLE, to * Double.BYTES, count);
      case F16, BF16, I32, I64, U8, OPAQUE -> {
        for (int i = 0; i < count; i++) {
          destination.set(to + i, values[i]);
        }
      }
    }
  }

  /** Copies a whole tensor into an array of its size. */
  static void load(Tensor source, double[] values) {
    load(source, 0, values, values.length);
  }

  /** Copies a whole array into a tensor of its size. */
  static void store(double[] values, Tensor destination) {
    store(values, destination, 0, values.length);
  }

  /** Returns an array for all elements of a tensor. */
  static double[] arrayFor(Tensor tensor) {
    return new double[Math.toIntExact(tensor.elements())];
  }
}
