package dev.kiln.cpu.onednn;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Layout;
import dev.kiln.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * A placement that a primitive has chosen itself, such as filters in blocks of 8 channels, or the
 * workspace of a max pooling. It belongs to one shape.
 */
final class PackedLayout implements Layout {

  private final long[] dims;
  private final byte[] description;
  private final long bytes;

  private PackedLayout(long[] dims, byte[] description, long bytes) {
    this.dims = dims;
    this.description = description;
    this.bytes = bytes;
  }

  /**
   * Keeps a primitive's choice.
   *
   * @param dims the dimensions described, which may split those of the tensor, as groups do
   */
  static PackedLayout of(MemoryDesc desc, long... dims) {
    try (NativeScope scope = new NativeScope()) {
      MemorySegment size = scope.arena().allocate(ValueLayout.JAVA_LONG);
      Dnnl.API.memoryDescGetBlob(MemorySegment.NULL, size, desc.handle());
      MemorySegment blob = scope.arena().allocate(size.get(ValueLayout.JAVA_LONG, 0));
      Dnnl.API.memoryDescGetBlob(blob, size, desc.handle());
      return new PackedLayout(dims, blob.toArray(ValueLayout.JAVA_BYTE), desc.bytes());
    }
  }

  /** Describes the placement to oneDNN. */
  MemoryDesc describe(NativeScope scope) {
    MemorySegment blob = scope.arena().allocateFrom(ValueLayout.JAVA_BYTE, description);
    return new MemoryDesc(
        scope.create(
            out -> Dnnl.API.memoryDescCreateWithBlob(out, blob), Dnnl.API::memoryDescDestroy));
  }

  /** Returns the dimensions described. */
  long[] dims() {
    return dims.clone();
  }

  @Override
  public long bytes(DType dtype, Shape shape) {
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PackedLayout layout && Arrays.equals(description, layout.description);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(description);
  }

  @Override
  public String toString() {
    return "packed" + Arrays.toString(dims);
  }
}
