package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.Pool2d;
import dev.kiln.tensor.ChannelsLast;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * {@link Pool2d} for the maximum and its gradient by kernels of Kiln's own: cuDNN tells no indices,
 * reads the image and the result again to find them in its gradient, and adds up in an order that
 * changes from run to run.
 *
 * @param context where it is compiled
 * @param function the kernel, which takes the number of results, the inputs, the outputs and the
 *     windows
 * @param windows the structure {@code Windows} of the kernels
 */
record CudaMaxPool2d(OpContext context, CudaFunction function, MemorySegment windows)
    implements Op {

  private static final String FILE = "max_pool2d";

  /** Compiles {@code x -> y, indices}. */
  static Op forward(OpContext context, Pool2d pool) {
    return new CudaMaxPool2d(
        context,
        context.function(FILE, "max_pool2d"),
        windows(context, pool, context.input(0), context.output()));
  }

  /** Compiles {@code dy, indices -> dx}. */
  static Op grad(OpContext context, Pool2d pool) {
    return new CudaMaxPool2d(
        context,
        context.function(FILE, "max_pool2d_grad"),
        windows(context, pool, context.output(), context.input(0)));
  }

  private static MemorySegment windows(
      OpContext context, Pool2d pool, TensorType image, TensorType result) {
    Shape x = image.shape();
    Shape y = result.shape();
    // Row by row an image of C channels is C images of one.
    boolean channelsLast =
        image.layout() == ChannelsLast.LAYOUT || result.layout() == ChannelsLast.LAYOUT;
    return context
        .scope()
        .arena()
        .allocateFrom(
            ValueLayout.JAVA_LONG,
            x.dim(2),
            x.dim(3),
            y.dim(2),
            y.dim(3),
            pool.kernel().height(),
            pool.kernel().width(),
            pool.stride().height(),
            pool.stride().width(),
            pool.padding().height(),
            pool.padding().width(),
            channelsLast ? x.dim(1) : 1);
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    long count = context.output().elements();
    Launch.Builder launch = context.launch(function).number(count);
    inputs.forEach(launch::buffer);
    outputs.forEach(launch::buffer);
    return launch.struct(windows).over(count);
  }

  @Override
  public String describe() {
    return "kernel " + function.name();
  }
}
