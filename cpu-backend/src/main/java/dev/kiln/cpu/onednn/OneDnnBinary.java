package dev.kiln.cpu.onednn;

import dev.kiln.backend.Op;
import dev.kiln.op.Binary;
import dev.kiln.op.OpSpec;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
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

  /** Compiles {@code a, b, operands of after... -> y}, which passes through {@code after}. */
  static Op compile(
      OpContext context,
      Binary operation,
      List<TensorType> inputs,
      TensorType output,
      List<OpSpec> after) {
    TensorType a = inputs.get(0);
    TensorType b = inputs.get(1);
    boolean sameShape = a.shape().equals(b.shape());
    int rank = output.shape().rank();
    MemoryDesc left = sameShape ? flat(context, a) : aligned(context, a, rank);
    MemoryDesc right = sameShape ? flat(context, b) : aligned(context, b, rank);
    MemoryDesc result = sameShape ? flat(context, output) : aligned(context, output, rank);
    return compile(
        context,
        operation,
        Argument.input(Argument.SRC, 0, left),
        Argument.input(Argument.SRC_1, 1, right),
        Argument.output(Argument.DST, 0, result),
        PostOps.of(context.scope(), after, inputs.size(), result));
  }

  /**
   * Compiles {@code x, operands of operations... -> y}: operations that begin with one of a single
   * operand. oneDNN's elementwise primitives apply nothing to their results, so a multiplication by
   * 1 leads them.
   */
  static Op chain(OpContext context, List<OpSpec> operations, TensorType x) {
    MemoryDesc flat = flat(context, x);
    MemorySegment one = context.scope().arena().allocateFrom(ValueLayout.JAVA_FLOAT, 1);
    MemoryDesc single = MemoryDesc.rowMajor(context.scope(), 1);
    return compile(
        context,
        Binary.MUL,
        Argument.input(Argument.SRC, 0, flat),
        Argument.constant(Argument.SRC_1, one, single),
        Argument.output(Argument.DST, 0, flat),
        PostOps.of(context.scope(), operations, 1, flat));
  }

  private static Op compile(
      OpContext context,
      Binary operation,
      Argument left,
      Argument right,
      Argument result,
      PostOps after) {
    PrimitiveDesc desc =
        PrimitiveDesc.create(
            context.scope(),
            out ->
                Dnnl.API.binaryPrimitiveDescCreate(
                    out,
                    context.engineHandle(),
                    algorithm(operation).orElseThrow(),
                    left.desc().handle(),
                    right.desc().handle(),
                    result.desc().handle(),
                    after.attributes()));
    List<Argument> arguments = new ArrayList<>(List.of(left, right, result));
    arguments.addAll(after.arguments());
    return new PrimitiveOp(context, OneDnnBinary.class.getSimpleName(), desc, arguments);
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
