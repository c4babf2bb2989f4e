package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.op.Transpose;
import dev.kiln.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** {@link Transpose} in plain Java: copies bytes, so it takes elements of any type. */
record ReferenceTranspose(Transpose transpose, OperandTypes types) implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    MemorySegment x = inputs.get(0).data();
    MemorySegment y = outputs.get(0).data();
    long bytes = types.outputs().get(0).dtype().bytes();
    long[] strides = inputs.get(0).shape().strides();
    long[] permuted = transpose.permutation().stream().mapToLong(axis -> strides[axis]).toArray();
    StridedLoop loop = new StridedLoop(outputs.get(0).shape(), permuted);
    // Where neighbours stay neighbours whole rows are copied, else single elements.
    long run = loop.step(0) == 1 ? loop.length() : 1;
    return () -> {
      for (long row = 0; row < loop.rows(); row++) {
        long start = loop.start(0, row);
        for (long i = 0; i < loop.length(); i += run) {
          MemorySegment.copy(
              x,
              (start + i * loop.step(0)) * bytes,
              y,
              (row * loop.length() + i) * bytes,
              run * bytes);
        }
      }
    };
  }
}
