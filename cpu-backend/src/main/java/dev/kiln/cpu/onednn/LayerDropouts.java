package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.op.Recurrent;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;

/** The dropout after each layer of a recurrent stack but the last. */
final class LayerDropouts {

  private final Recurrent spec;
  private final List<ParallelDropout> dropouts = new ArrayList<>();

  LayerDropouts(OpContext context, RecurrentShape shape) {
    this.spec = shape.spec();
    for (int layer = 0; layer < spec.layers() - 1 && spec.hasDropout(); layer++) {
      TensorType output =
          TensorType.of(DType.F32, shape.batch(), shape.steps(), shape.outputWidth());
      dropouts.add(new ParallelDropout(context, spec.dropoutAfter(layer), output));
    }
  }

  /**
   * Returns what drops elements of a layer's output, or of its gradient, in place: nothing where
   * there is no dropout.
   *
   * @param output [N, T, directions * hidden]
   * @param inputs the operation's, the counter among them
   */
  List<Kernel> drop(int layer, Buffer output, List<Buffer> inputs) {
    if (!spec.hasDropout()) {
      return List.of();
    }
    Buffer counter = inputs.get(spec.counterIndex());
    return List.of(
        dropouts.get(layer).bind(List.of(output, counter), List.of(output), output.slice(0, 0)));
  }
}
