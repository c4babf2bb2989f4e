package dev.kiln.cpu.onednn;

import dev.kiln.backend.Op;
import dev.kiln.op.Pool2d;
import dev.kiln.op.Size2d;
import dev.kiln.tensor.Layout;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Compiles poolings and their gradients. What a max pooling remembers of each window is oneDNN's
 * workspace, one byte for most windows, in place of the index in the image.
 */
final class OneDnnPool2d {

  private static final String NAME = OneDnnPool2d.class.getSimpleName();
  private static final int FORWARD_TRAINING = 64;

  private final OpContext context;
  private final Pool2d pool;
  private final MemoryDesc image;
  private final MemoryDesc result;

  private OneDnnPool2d(OpContext context, Pool2d pool, TensorType x, TensorType y) {
    this.context = context;
    this.pool = pool;
    this.image = MemoryDesc.of(context.scope(), x);
    this.result = MemoryDesc.of(context.scope(), y);
  }

  /** Compiles {@code x -> y, workspace?}. */
  static Op forward(OpContext context, Pool2d pool, TensorType x, List<TensorType> outputs) {
    OneDnnPool2d op = new OneDnnPool2d(context, pool, x, outputs.get(0));
    List<Argument> arguments =
        new ArrayList<>(
            List.of(
                Argument.input(Argument.SRC, 0, op.image),
                Argument.output(Argument.DST, 0, op.result)));
    if (pool.kind() == Pool2d.Kind.MAX) {
      arguments.add(
          Argument.output(Argument.WORKSPACE, 1, MemoryDesc.of(context.scope(), outputs.get(1))));
    }
    return new PrimitiveOp(context, NAME, op.forward(), arguments);
  }

  /** Compiles {@code dy, workspace? -> dx}. */
  static Op grad(OpContext context, Pool2d.Grad grad, List<TensorType> inputs, TensorType dx) {
    OneDnnPool2d op = new OneDnnPool2d(context, grad.pool(), dx, inputs.get(0));
    List<Argument> arguments =
        new ArrayList<>(
            List.of(
                Argument.input(Argument.DIFF_DST, 0, op.result),
                Argument.output(Argument.DIFF_SRC, 0, op.image)));
    if (inputs.size() == 2) {
      arguments.add(
          Argument.input(Argument.WORKSPACE, 1, MemoryDesc.of(context.scope(), inputs.get(1))));
    }
    return new PrimitiveOp(context, NAME, op.backward(), arguments);
  }

  /** Returns where a max pooling of images of this type keeps what it remembers. */
  static Layout workspace(OpContext context, Pool2d pool, TensorType x, TensorType y) {
    MemoryDesc workspace =
        new OneDnnPool2d(context, pool, x, y).forward().query(PrimitiveDesc.Operand.WORKSPACE);
    return PackedLayout.of(workspace, MemoryDesc.dims(y.shape()));
  }

  private PrimitiveDesc forward() {
    return PrimitiveDesc.create(
        context.scope(),
        out ->
            Dnnl.API.poolingForwardPrimitiveDescCreate(
                out,
                context.engineHandle(),
                FORWARD_TRAINING,
                algorithm(),
                image.handle(),
                result.handle(),
                size(pool.stride()),
                size(pool.kernel()),
                context.scope().longs(0, 0),
                size(pool.padding()),
                size(pool.padding()),
                context.plainAttributes()));
  }

  private PrimitiveDesc backward() {
    PrimitiveDesc hint = forward();
    return PrimitiveDesc.create(
        context.scope(),
        out ->
            Dnnl.API.poolingBackwardPrimitiveDescCreate(
                out,
                context.engineHandle(),
                algorithm(),
                image.handle(),
                result.handle(),
                size(pool.stride()),
                size(pool.kernel()),
                context.scope().longs(0, 0),
                size(pool.padding()),
                size(pool.padding()),
                hint.handle(),
                context.plainAttributes()));
  }

  private int algorithm() {
    return switch (pool.kind()) {
      case MAX -> 0x1ff;
      case AVERAGE_INCLUDING_PADDING -> 0x2ff;
      case AVERAGE_EXCLUDING_PADDING -> 0x3ff;
    };
  }

  private MemorySegment size(Size2d size) {
    return context.scope().longs(size.height(), size.width());
  }
}
