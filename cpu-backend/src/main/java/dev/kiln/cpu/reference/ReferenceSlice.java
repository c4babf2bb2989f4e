package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.cpu.memory.AxisBlocks;
import dev.kiln.op.Slice;
import dev.kiln.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** {@link Slice} in plain Java: copies bytes, so it takes elements of any type. */
record ReferenceSlice(Slice slice, OperandTypes types) implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    Tensor x = inputs.get(0);
    Tensor y = outputs.get(0);
    AxisBlocks whole = AxisBlocks.of(x.type(), slice.axis());
    AxisBlocks part = AxisBlocks.of(y.type(), slice.axis());
    long start = slice.start() * AxisBlocks.bytesPerIndex(x.type(), slice.axis());
    return () -> {
      for (long block = 0; block < part.count(); block++) {
        MemorySegment.copy(
            x.data(), block * whole.bytes() + start, y.data(), block * part.bytes(), part.bytes());
      }
    };
  }

  /** {@link Slice.Grad} in plain Java. */
  record Grad(Slice.Grad grad, OperandTypes types) implements ReferenceOp {

    @Override
    public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
      Tensor dy = inputs.get(0);
      Tensor dx = outputs.get(0);
      Slice slice = grad.slice();
      AxisBlocks part = AxisBlocks.of(dy.type(), slice.axis());
      AxisBlocks whole = AxisBlocks.of(dx.type(), slice.axis());
      long start = slice.start() * AxisBlocks.bytesPerIndex(dx.type(), slice.axis());
      return () -> {
        dx.data().fill((byte) 0);
        for (long block = 0; block < part.count(); block++) {
          MemorySegment.copy(
              dy.data(),
              block * part.bytes(),
              dx.data(),
              block * whole.bytes() + start,
              part.bytes());
        }
      };
    }
  }
}
