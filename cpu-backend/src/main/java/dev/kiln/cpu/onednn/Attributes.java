package dev.kiln.cpu.onednn;

import java.lang.foreign.MemorySegment;

/**
 * What a primitive does besides its operation: its scratch memory comes from the plan's arena
 * instead of an allocation of its own; see also {@link PostOps}.
 */
final class Attributes {

  private static final int USER_SCRATCHPAD = 1;
  private static final int TYPE_OF_RESULT = 0;

  private Attributes() {}

  /** Returns the attributes of a primitive that does nothing more. */
  static MemorySegment plain(NativeScope scope) {
    MemorySegment attributes =
        scope.create(Dnnl.API::primitiveAttrCreate, Dnnl.API::primitiveAttrDestroy);
    Dnnl.API.primitiveAttrSetScratchpadMode(attributes, USER_SCRATCHPAD);
    return attributes;
  }

  /** Returns the attributes of a primitive that adds its result to what is there. */
  static MemorySegment adding(NativeScope scope) {
    MemorySegment attributes = plain(scope);
    MemorySegment postOps = scope.create(Dnnl.API::postOpsCreate, Dnnl.API::postOpsDestroy);
    Dnnl.API.postOpsAppendSum(postOps, 1, 0, TYPE_OF_RESULT);
    Dnnl.API.primitiveAttrSetPostOps(attributes, postOps);
    return attributes;
  }
}
