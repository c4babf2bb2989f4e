package dev.kiln.cpu.onednn;

import dev.kiln.backend.Op;
import dev.kiln.op.Transpose;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Compiles copies of a tensor from one placement to another. */
final class OneDnnReorder {

  private OneDnnReorder() {}

  /** Compiles {@code x -> y}, the same elements placed as the types say. */
  static Op between(OpContext context, TensorType x, TensorType y) {
    return reorder(context, describe(context, x, y), describe(context, y, x));
  }

  /** Compiles the transposition {@code x -> y}: reading x along permuted axes. */
  static Op transpose(OpContext context, Transpose spec, TensorType x, TensorType y) {
    long[] from = x.shape().strides();
    long[] strides = spec.permutation().stream().mapToLong(axis -> from[axis]).toArray();
    MemoryDesc read = MemoryDesc.strided(context.scope(), MemoryDesc.dims(y.shape()), strides);
    return reorder(context, read, MemoryDesc.of(context.scope(), y));
  }

  /** Describes rows with the dimensions that the other side's own placement has. */
  private static MemoryDesc describe(OpContext context, TensorType type, TensorType other) {
    return type.isRowMajor() && other.layout() instanceof PackedLayout packed
        ? MemoryDesc.rowMajor(context.scope(), packed.dims())
        : MemoryDesc.of(context.scope(), type);
  }

  /** Compiles a copy between two descriptions of the same dimensions. */
  static PrimitiveOp reorder(OpContext context, MemoryDesc from, MemoryDesc to) {
    return reorder(context, from, to, context.plainAttributes());
  }

  /** Compiles what adds a tensor to another of the same dimensions. */
  static PrimitiveOp adding(OpContext context, MemoryDesc from, MemoryDesc to) {
    return reorder(context, from, to, Attributes.adding(context.scope()));
  }

  private static PrimitiveOp reorder(
      OpContext context, MemoryDesc from, MemoryDesc to, MemorySegment attributes) {
    PrimitiveDesc desc =
        PrimitiveDesc.create(
            context.scope(),
            out ->
                Dnnl.API.reorderPrimitiveDescCreate(
                    out,
                    from.handle(),
                    context.engineHandle(),
                    to.handle(),
                    context.engineHandle(),
                    attributes));
    return new PrimitiveOp(
        context,
        OneDnnReorder.class.getSimpleName(),
        desc,
        List.of(Argument.input(Argument.SRC, 0, from), Argument.output(Argument.DST, 0, to)));
  }
}
