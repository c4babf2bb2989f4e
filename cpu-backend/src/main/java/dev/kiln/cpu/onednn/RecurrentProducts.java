package dev.kiln.cpu.onednn;

import java.util.List;

/** The products that a recurrent stack and its gradient are made of. */
final class RecurrentProducts {

  private static final String NAME = RecurrentProducts.class.getSimpleName();

  private RecurrentProducts() {}

  /** Compiles {@code x [rows, features] · weight_ih' + bias_ih -> [rows, gates * hidden]}. */
  static PrimitiveOp input(OpContext context, RecurrentShape shape, long features, int turns) {
    NativeScope scope = context.scope();
    long gates = shape.gateWidth();
    long rows = (long) turns * shape.batch();
    MemoryDesc left = MemoryDesc.rowMajor(scope, rows, features);
    MemoryDesc right = MemoryDesc.strided(scope, new long[] {features, gates}, 1, features);
    MemoryDesc bias = MemoryDesc.rowMajor(scope, 1, gates);
    MemoryDesc result = MemoryDesc.rowMajor(scope, rows, gates);
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
  static PackedProduct recurrent(
      OpContext context, RecurrentShape shape, int rows, MemoryDesc form) {
    NativeScope scope = context.scope();
    long hidden = shape.hidden();
    long gates = shape.gateWidth();
    return new PackedProduct(
        context,
        MemoryDesc.rowMajor(scope, rows, hidden),
        MemoryDesc.strided(scope, new long[] {hidden, gates}, 1, hidden),
        form(scope, form, hidden, gates),
        MemoryDesc.rowMajor(scope, 1, gates),
        MemoryDesc.rowMajor(scope, rows, gates),
        isApart(shape) ? context.plainAttributes() : Attributes.adding(scope));
  }

  /**
   * Compiles {@code dgates [N, gates * hidden] · weight_hh -> dh [N, hidden]}, added to what
   * reaches the previous state directly, if the cell has such a path.
   */
  static PackedProduct recurrentGrad(
      OpContext context, RecurrentShape shape, int rows, MemoryDesc form) {
    NativeScope scope = context.scope();
    long hidden = shape.hidden();
    long gates = shape.gateWidth();
    return new PackedProduct(
        context,
        MemoryDesc.rowMajor(scope, rows, gates),
        MemoryDesc.rowMajor(scope, gates, hidden),
        form(scope, form, gates, hidden),
        MemoryDesc.NONE,
        MemoryDesc.rowMajor(scope, rows, hidden),
        isApart(shape) ? Attributes.adding(scope) : context.plainAttributes());
  }

  private static MemoryDesc form(NativeScope scope, MemoryDesc wanted, long... dims) {
    return wanted.equals(MemoryDesc.NONE) ? MemoryDesc.any(scope, dims) : wanted;
  }

  /** Compiles {@code dgates [rows, gates * hidden] · weight_ih -> dx [rows, features]}. */
  static PrimitiveOp inputGrad(OpContext context, RecurrentShape shape, long features, int turns) {
    NativeScope scope = context.scope();
    long rows = (long) turns * shape.batch();
    return product(
        context,
        MemoryDesc.rowMajor(scope, rows, shape.gateWidth()),
        MemoryDesc.rowMajor(scope, shape.gateWidth(), features),
        MemoryDesc.rowMajor(scope, rows, features));
  }

  /**
   * Compiles {@code dgates' [gates * hidden, rows] · operand [rows, width] -> dweight [gates *
   * hidden, width]}.
   */
  static PrimitiveOp weightGrad(OpContext context, RecurrentShape shape, long width, int turns) {
    NativeScope scope = context.scope();
    long gates = shape.gateWidth();
    long rows = (long) turns * shape.batch();
    return product(
        context,
        MemoryDesc.strided(scope, new long[] {gates, rows}, 1, gates),
        MemoryDesc.rowMajor(scope, rows, width),
        MemoryDesc.rowMajor(scope, gates, width));
  }

  private static PrimitiveOp product(
      OpContext context, MemoryDesc left, MemoryDesc right, MemoryDesc result) {
    return new PrimitiveOp(
        context,
        NAME,
        OneDnnMatMul.describe(
            context, left, right, MemoryDesc.NONE, result, context.plainAttributes()),
        List.of(
            Argument.input(Argument.SRC, 0, left),
            Argument.input(Argument.WEIGHTS, 1, right),
            Argument.output(Argument.DST, 0, result)));
  }

  private static boolean isApart(RecurrentShape shape) {
    return CellFunction.of(shape.spec().cell()).separatesRecurrent();
  }
}
