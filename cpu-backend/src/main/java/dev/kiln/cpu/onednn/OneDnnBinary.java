package dev.kiln.cpu.onednn;

import dev.kiln.backend.Op;
import dev.kiln.op.Binary;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/** Compiles elementwise arithmetic of two tensors, broadcast against each other. */
final class OneDnnBinary {

  private OneDnnBinary() {}

  /** Returns the {@code dnnl_alg_kind_t}, or empty if oneDNN lacks the operation. */
  static OptionalInt algorithm(Binary operation) {
    return switch (operation) {
      case ADD -> OptionalInt.of(0x1fff0);
      case SUB -> OptionalInt.of(0x1fff5);
      case MUL -> OptionalInt.of(0x1fff1);
      case DIV -> OptionalInt.of(0x1fff4);
      case MAXIMUM -> OptionalInt.of(0x1fff2);
      case MINIMUM -> OptionalInt.of(0x1fff3);
      case DOMINANCE -> OptionalInt.empty();
    };
  }

  /** Compiles {@code a, b -> y}; the result passes through {@code after}. */
  static Op compile(
      OpContext context,
      int algorithm,
      List<TensorType> inputs,
      TensorType output,
      List<Eltwise> after) {
    TensorType a = inputs.get(0);
    TensorType b = inputs.get(1);
    boolean sameShape = a.shape().equals(b.shape());
    MemoryDesc left = sameShape ? flat(context, a) : aligned(context, a, output.shape().rank());
    MemoryDesc right = sameShape ? flat(context, b) : aligned(context, b, output.shape().rank());
    MemoryDesc result =
        sameShape ? flat(context, output) : aligned(context, output, output.shape().rank());
    PrimitiveDesc desc =
        PrimitiveDesc.create(
            context.scope(),
            out ->
                Dnnl.API.binaryPrimitiveDescCreate(
                    out,
                    context.engineHandle(),
                    algorithm,
                    left.handle(),
                    right.handle(),
                    result.handle(),
                    Attributes.followedBy(context.scope(), after)));
    return new PrimitiveOp(
        context,
        OneDnnBinary.class.getSimpleName(),
        desc,
        List.of(
            Argument.input(Argument.SRC, 0, left),
            Argument.input(Argument.SRC_1, 1, right),
            Argument.output(Argument.DST, 0, result)));
  }

  /** All elements in a row: they lie alike in both operands. */
  private static MemoryDesc flat(OpContext context, TensorType type) {
    return MemoryDesc.rowMajor(context.scope(), type.elements());
  }

  /** The dimensions with ones in front, as many as the result has. */
  private static MemoryDesc aligned(OpContext context, TensorType type, int rank) {
    Shape shape = type.shape();
    long[] dims = new long[rank];
    Arrays.fill(dims, 1);
    for (int axis = 0; axis < shape.rank(); axis++) {
      dims[rank - shape.rank() + axis] = shape.dim(axis);
    }
    return MemoryDesc.rowMajor(context.scope(), dims);
  }
}
