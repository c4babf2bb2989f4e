package dev.kiln.cpu.onednn;

import dev.kiln.backend.Op;
import dev.kiln.op.MatMul;
import dev.kiln.op.OpSpec;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Compiles products of matrices and fully connected layers, on rows as they are. */
final class OneDnnMatMul {

  private static final String NAME = OneDnnMatMul.class.getSimpleName();

  private OneDnnMatMul() {}

  /** Compiles {@code a [M, K], b [K, N] -> y [M, N]}, or batches of such products. */
  static Op product(OpContext context, MatMul matmul, List<TensorType> inputs, TensorType y) {
    MemoryDesc left = matrices(context, inputs.get(0).shape(), matmul.transposeA());
    MemoryDesc right = matrices(context, inputs.get(1).shape(), matmul.transposeB());
    MemoryDesc result = matrices(context, y.shape(), false);
    return new PrimitiveOp(
        context,
        NAME,
        describe(context, left, right, MemoryDesc.NONE, result, context.plainAttributes()),
        List.of(
            Argument.input(Argument.SRC, 0, left),
            Argument.input(Argument.WEIGHTS, 1, right),
            Argument.output(Argument.DST, 0, result)));
  }

  /**
   * Compiles {@code x [..., in], weight [out, in], bias? [out], operands of after... -> y [...,
   * out]}, which passes through {@code after}.
   */
  static Op linear(OpContext context, List<TensorType> inputs, TensorType y, List<OpSpec> after) {
    Shape weight = inputs.get(1).shape();
    int out = weight.dim(0);
    int rows = Math.toIntExact(y.elements() / out);
    MemoryDesc left = matrices(context, Shape.of(rows, weight.dim(1)), false);
    MemoryDesc right = matrices(context, weight, true);
    MemoryDesc result = matrices(context, Shape.of(rows, out), false);
    List<Argument> arguments =
        new ArrayList<>(
            List.of(
                Argument.input(Argument.SRC, 0, left),
                Argument.input(Argument.WEIGHTS, 1, right),
                Argument.output(Argument.DST, 0, result)));
    MemoryDesc bias = MemoryDesc.NONE;
    if (inputs.size() == 3) {
      bias = MemoryDesc.rowMajor(context.scope(), 1, out);
      arguments.add(Argument.input(Argument.BIAS, 2, bias));
    }
    PostOps following = PostOps.of(context.scope(), after, inputs.size(), result);
    arguments.addAll(following.arguments());
    // x [rows,in] · weight' [in,out] -> [rows,out]
    return new PrimitiveOp(
        context,
        NAME,
        describe(context, left, right, bias, result, following.attributes()),
        arguments);
  }

  /** Chooses an implementation of {@code left · right + bias -> result}. */
  static PrimitiveDesc describe(
      OpContext context,
      MemoryDesc left,
      MemoryDesc right,
      MemoryDesc bias,
      MemoryDesc result,
      MemorySegment attributes) {
    return PrimitiveDesc.create(
        context.scope(),
        out ->
            Dnnl.API.matmulPrimitiveDescCreate(
                out,
                context.engineHandle(),
                left.handle(),
                right.handle(),
                bias.handle(),
                result.handle(),
                attributes));
  }

  /** Describes stored matrices, each as its transpose if so marked. */
  private static MemoryDesc matrices(OpContext context, Shape stored, boolean transposed) {
    long[] dims = MemoryDesc.dims(stored);
    long[] strides = stored.strides();
    if (transposed) {
      swapLastTwo(dims);
      swapLastTwo(strides);
    }
    return MemoryDesc.strided(context.scope(), dims, strides);
  }

  private static void swapLastTwo(long[] values) {
    int last = values.length - 1;
    long kept = values[last];
    values[last] = values[last - 1];
    values[last - 1] = kept;
  }
}
