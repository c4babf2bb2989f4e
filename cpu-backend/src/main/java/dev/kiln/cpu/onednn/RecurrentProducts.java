package dev.kiln.cpu.onednn;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** The products and transpositions that a recurrent stack and its gradient are made of. */
final class RecurrentProducts {

  private static final String NAME = RecurrentProducts.class.getSimpleName();

  private RecurrentProducts() {}

  /** Compiles the transposition of [N, T, width] to [T, N, width]. */
  static PrimitiveOp stepsFirst(OpContext context, RecurrentShape shape, int width) {
    return transpose(context, shape.batch(), shape.steps(), width);
  }

  /** Compiles the transposition of [T, N, width] to [N, T, width]. */
  static PrimitiveOp batchFirst(OpContext context, RecurrentShape shape, int width) {
    return transpose(context, shape.steps(), shape.batch(), width);
  }

  private static PrimitiveOp transpose(OpContext context, long first, long second, long width) {
    long[] dims = {second, first, width};
    return OneDnnReorder.reorder(
        context,
        MemoryDesc.strided(context.scope(), dims, width, second * width, 1),
        MemoryDesc.rowMajor(context.scope(), dims));
  }

  /** Compiles {@code x [T * N, features] · weight_ih' + bias_ih -> [T * N, gates * hidden]}. */
  static PrimitiveOp input(OpContext context, RecurrentShape shape, long features) {
    NativeScope scope = context.scope();
    long gates = shape.gateWidth();
    MemoryDesc left = MemoryDesc.rowMajor(scope, shape.rows(), features);
    MemoryDesc right = MemoryDesc.strided(scope, new long[] {features, gates}, 1, features);
    MemoryDesc bias = MemoryDesc.rowMajor(scope, 1, gates);
    MemoryDesc result = MemoryDesc.rowMajor(scope, shape.rows(), gates);
    return new PrimitiveOp(
        context,
        NAME,
        OneDnnMatMul.describe(context, left, right, bias, result, context.plainAttributes()),
        List.of(
            Argument.input(Argument.SRC, 0, left),
            Argument.input(Argument.WEIGHTS, 1, right),
            Argument.input(Argument.BIAS, 2, bias),
            Argument.output(Argument.DST, 0, result)));
  }

  /**
   * Compiles {@code h [N, hidden] · weight_hh' + bias_hh -> [N, gates * hidden]}, added to the
   * input's product unless the cell keeps them apart.
   */
  static PackedProduct recurrent(OpContext context, RecurrentShape shape) {
    NativeScope scope = context.scope();
    long hidden = shape.hidden();
    long gates = shape.gateWidth();
    return new PackedProduct(
        context,
        MemoryDesc.rowMajor(scope, shape.batch(), hidden),
        MemoryDesc.strided(scope, new long[] {hidden, gates}, 1, hidden),
        new long[] {hidden, gates},
        MemoryDesc.rowMajor(scope, 1, gates),
        MemoryDesc.rowMajor(scope, shape.batch(), gates),
        isApart(shape) ? context.plainAttributes() : Attributes.adding(scope));
  }

  /**
   * Compiles {@code dgates [N, gates * hidden] · weight_hh -> dh [N, hidden]}, added to what
   * reaches the previous state directly, if the cell has such a path.
   */
  static PackedProduct recurrentGrad(OpContext context, RecurrentShape shape) {
    NativeScope scope = context.scope();
    long hidden = shape.hidden();
    long gates = shape.gateWidth();
    return new PackedProduct(
        context,
        MemoryDesc.rowMajor(scope, shape.batch(), gates),
        MemoryDesc.rowMajor(scope, gates, hidden),
        new long[] {gates, hidden},
        MemoryDesc.NONE,
        MemoryDesc.rowMajor(scope, shape.batch(), hidden),
        isApart(shape) ? Attributes.adding(scope) : context.plainAttributes());
  }

  /** Compiles {@code dgates [T * N, gates * hidden] · weight_ih -> dx [T * N, features]}. */
  static PrimitiveOp inputGrad(
      OpContext context, RecurrentShape shape, long features, MemorySegment attributes) {
    NativeScope scope = context.scope();
    return product(
        context,
        MemoryDesc.rowMajor(scope, shape.rows(), shape.gateWidth()),
        MemoryDesc.rowMajor(scope, shape.gateWidth(), features),
        MemoryDesc.rowMajor(scope, shape.rows(), features),
        attributes);
  }

  /**
   * Compiles {@code dgates' [gates * hidden, rows] · operand [rows, width] -> dweight [gates *
   * hidden, width]}.
   *
   * @param stride the elements from row to row of the operand
   */
  static PrimitiveOp weightGrad(
      OpContext context,
      RecurrentShape shape,
      long rows,
      long width,
      long stride,
      MemorySegment attributes) {
    NativeScope scope = context.scope();
    long gates = shape.gateWidth();
    return product(
        context,
        MemoryDesc.strided(scope, new long[] {gates, rows}, 1, gates),
        MemoryDesc.strided(scope, new long[] {rows, width}, stride, 1),
        MemoryDesc.rowMajor(scope, gates, width),
        attributes);
  }

  private static PrimitiveOp product(
      OpContext context,
      MemoryDesc left,
      MemoryDesc right,
      MemoryDesc result,
      MemorySegment attributes) {
    return new PrimitiveOp(
        context,
        NAME,
        OneDnnMatMul.describe(context, left, right, MemoryDesc.NONE, result, attributes),
        List.of(
            Argument.input(Argument.SRC, 0, left),
            Argument.input(Argument.WEIGHTS, 1, right),
            Argument.output(Argument.DST, 0, result)));
  }

  private static boolean isApart(RecurrentShape shape) {
    return CellFunction.of(shape.spec().cell()).separatesRecurrent();
  }
}
