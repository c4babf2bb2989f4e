package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.op.WhereFinite;
import dev.kiln.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** {@link WhereFinite} in plain Java. */
record ReferenceWhereFinite(OperandTypes types) implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    Tensor guard = inputs.get(0);
    MemorySegment next = inputs.get(1).data();
    MemorySegment old = inputs.get(2).data();
    MemorySegment y = outputs.getFirst().data();
    return () -> y.copyFrom(Double.isFinite(guard.get(0)) ? next : old);
  }
}
