package dev.kiln.cpu.onednn;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Consumer;

/**
 * oneDNN's choice of an implementation for an operation and its operands. Lives as long as the
 * scope it was created in.
 *
 * @param handle the {@code dnnl_primitive_desc_t}
 */
record PrimitiveDesc(MemorySegment handle) {

  /** Which of a primitive's descriptors is asked for: {@code dnnl_query_t}. */
  enum Operand {
    /** The filters of a convolution. */
    WEIGHTS(131),
    /** The gradient of the filters. */
    WEIGHTS_GRADIENT(132),
    /** What the forward pass keeps for the backward pass. */
    WORKSPACE(135),
    /** Scratch memory. */
    SCRATCHPAD(136);

    private final int query;

    Operand(int query) {
      this.query = query;
    }
  }

  private static final int IMPLEMENTATION = 8;

  /**
   * Creates a descriptor.
   *
   * @param constructor writes the handle to the place it is given
   */
  static PrimitiveDesc create(NativeScope scope, Consumer<MemorySegment> constructor) {
    return new PrimitiveDesc(scope.create(constructor, Dnnl.API::primitiveDescDestroy));
  }

  /** Returns how an operand must be placed. It belongs to this descriptor. */
  MemoryDesc query(Operand operand) {
    return new MemoryDesc(Dnnl.API.primitiveDescQueryMd(handle, operand.query, 0));
  }

  /** Returns the name of the implementation, such as {@code jit:avx2}. */
  @SuppressWarnings("restricted")
  String implementation() {
    try (NativeScope scope = new NativeScope()) {
      MemorySegment place = scope.arena().allocate(ValueLayout.ADDRESS);
      Dnnl.API.primitiveDescQuery(handle, IMPLEMENTATION, 0, place);
      return place.get(ValueLayout.ADDRESS, 0).reinterpret(Long.MAX_VALUE).getString(0);
    }
  }
}
