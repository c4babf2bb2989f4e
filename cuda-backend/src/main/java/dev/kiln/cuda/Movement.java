package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.op.Concat;
import dev.kiln.op.Reorder;
import dev.kiln.op.Slice;
import dev.kiln.op.Transpose;
import dev.kiln.tensor.ChannelsLast;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.TensorType;

/**
 * A dense tensor, and where its elements lie among those of another: {@link Transpose}, {@link
 * Slice}, {@link Concat}, {@link Reorder} and what repeats a tensor differ in nothing else. Each
 * tensor may lie in any order.
 *
 * @param dense the dense tensor
 * @param strides for each of its axes the distance of neighbours in the other
 * @param offset where its first element lies there
 */
record Movement(TensorType dense, long[] strides, long offset) {

  /** Returns where the elements of a range along one axis lie in the whole. */
  static Movement range(TensorType part, TensorType whole, int axis, int start) {
    long[] strides = ChannelsLast.strides(whole);
    return new Movement(part, strides, start * strides[axis]);
  }

  /** Returns where the elements of a transposed tensor lie in the original. */
  static Movement transposed(Transpose transpose, TensorType x, TensorType y) {
    long[] own = ChannelsLast.strides(x);
    return new Movement(
        y, transpose.permutation().stream().mapToLong(axis -> own[axis]).toArray(), 0);
  }

  /** Returns where the elements of a tensor lie in the same one in another order. */
  static Movement reordered(TensorType x, TensorType y) {
    return new Movement(y, ChannelsLast.strides(x), 0);
  }

  /** Returns where the elements of a repeated tensor lie in the original. */
  static Movement repeated(TensorType x, TensorType y) {
    return new Movement(y, StridedWalk.broadcast(x, y.shape()), 0);
  }

  /** Returns what fills the dense tensor from the other one. */
  Kernel gather(OpContext context, Buffer other, Buffer result) {
    return launch(context, "gather", other, result);
  }

  /** Returns what writes the dense tensor into the other one. */
  Kernel scatter(OpContext context, Buffer values, Buffer other) {
    return launch(context, "scatter", values, other);
  }

  private Kernel launch(OpContext context, String kernel, Buffer from, Buffer to) {
    int bytes = context.output().dtype().bytes();
    return context
        .launch(context.function("movement", kernel + "_" + bytes, DType.F32))
        .number(dense.elements())
        .buffer(from)
        .buffer(to)
        .struct(StridedWalk.inMemoryOrder(dense, strides).toStruct(context.scope().arena()))
        .number(offset)
        .over(dense.elements());
  }
}
