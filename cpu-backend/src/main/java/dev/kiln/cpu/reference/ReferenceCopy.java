package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Copies elements of any type bit by bit: a reshape or view whose result does not share the memory
 * of its input, and the identity.
 *
 * @param offset the first element of the input that is copied
 */
record ReferenceCopy(long offset, OperandTypes types) implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    MemorySegment y = outputs.get(0).data();
    long start = offset * outputs.get(0).type().dtype().bytes();
    MemorySegment x = inputs.get(0).data().asSlice(start, y.byteSize());
    return () -> y.copyFrom(x);
  }
}
