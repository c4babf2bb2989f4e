package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.cpu.memory.AxisBlocks;
import dev.kiln.op.Concat;
import dev.kiln.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** {@link Concat} in plain Java: copies bytes, so it takes elements of any type. */
record ReferenceConcat(Concat concat, OperandTypes types) implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    MemorySegment y = outputs.get(0).data();
    AxisBlocks whole = AxisBlocks.of(types.outputs().get(0), concat.axis());
    MemorySegment[] sources = new MemorySegment[inputs.size()];
    long[] lengths = new long[sources.length];
    for (int i = 0; i < sources.length; i++) {
      sources[i] = inputs.get(i).data();
      lengths[i] = AxisBlocks.of(inputs.get(i).type(), concat.axis()).bytes();
    }
    return () -> {
      for (long block = 0; block < whole.count(); block++) {
        long to = block * whole.bytes();
        for (int i = 0; i < sources.length; i++) {
          MemorySegment.copy(sources[i], block * lengths[i], y, to, lengths[i]);
          to += lengths[i];
        }
      }
    };
  }
}
