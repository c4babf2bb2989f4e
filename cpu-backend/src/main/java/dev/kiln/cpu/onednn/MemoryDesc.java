package dev.kiln.cpu.onednn;

import dev.kiln.tensor.ChannelsLast;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * oneDNN's description of a tensor: element type, dimensions and placement. Lives as long as the
 * scope it was created in.
 *
 * @param handle the {@code dnnl_memory_desc_t}
 */
record MemoryDesc(MemorySegment handle) {

  /** An absent operand. */
  static final MemoryDesc NONE = new MemoryDesc(MemorySegment.NULL);

  private static final int F32 = 3;
  private static final int ANY_TAG = 1;

  /** Describes a tensor where its type says it lies. A scalar becomes one dimension of 1. */
  static MemoryDesc of(NativeScope scope, TensorType type) {
    if (type.layout() instanceof PackedLayout packed) {
      return packed.describe(scope);
    }
    long[] dims = dims(type.shape());
    return type.layout() == ChannelsLast.LAYOUT ? channelsLast(scope, dims) : rowMajor(scope, dims);
  }

  /** Describes single-precision numbers, the last dimension contiguous. */
  static MemoryDesc rowMajor(NativeScope scope, long... dims) {
    long[] strides = new long[dims.length];
    long stride = 1;
    for (int axis = dims.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= dims[axis];
    }
    return strided(scope, dims, strides);
  }

  /** Describes images [N, C, H, W] of which the channels are contiguous. */
  static MemoryDesc channelsLast(NativeScope scope, long... dims) {
    long row = dims[3] * dims[1];
    return strided(scope, dims, dims[2] * row, 1, row, dims[1]);
  }

  /** Describes single-precision numbers at given distances, in elements. */
  static MemoryDesc strided(NativeScope scope, long[] dims, long... strides) {
    return new MemoryDesc(
        scope.create(
            out ->
                Dnnl.API.memoryDescCreateWithStrides(
                    out, dims.length, scope.longs(dims), F32, scope.longs(strides)),
            Dnnl.API::memoryDescDestroy));
  }

  /** Describes single-precision numbers that the primitive may place as it likes. */
  static MemoryDesc any(NativeScope scope, long... dims) {
    return new MemoryDesc(
        scope.create(
            out ->
                Dnnl.API.memoryDescCreateWithTag(out, dims.length, scope.longs(dims), F32, ANY_TAG),
            Dnnl.API::memoryDescDestroy));
  }

  /** Returns a shape's dimensions; those of a scalar are [1]. */
  static long[] dims(Shape shape) {
    return shape.rank() == 0
        ? new long[] {1}
        : Arrays.stream(shape.toArray()).asLongStream().toArray();
  }

  /** Returns whether oneDNN's primitives compute with these elements. */
  static boolean supports(DType dtype) {
    return dtype == DType.F32;
  }

  /** Returns the bytes of the tensor, padding included. */
  long bytes() {
    return handle.equals(MemorySegment.NULL) ? 0 : Dnnl.API.memoryDescGetSize(handle);
  }

  /** Returns whether both place the same elements alike. */
  boolean sameAs(MemoryDesc other) {
    return Dnnl.API.memoryDescEqual(handle, other.handle) != 0;
  }
}
