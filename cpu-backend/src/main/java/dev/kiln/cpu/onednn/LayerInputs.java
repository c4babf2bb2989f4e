package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import java.util.ArrayList;
import java.util.List;

/**
 * What the layers of a recurrent stack read: the layer below's states in the user's order, [N, T,
 * directions * hidden], some of them dropped. The gradient makes them again from the reserve.
 */
final class LayerInputs {

  private final RecurrentShape shape;
  private final SequenceMoves moves;
  private final LayerDropouts dropouts;

  LayerInputs(OpContext context, RecurrentShape shape, SequenceMoves moves) {
    this.shape = shape;
    this.moves = moves;
    this.dropouts = new LayerDropouts(context, shape);
  }

  /** Returns the elements of the widest of them. */
  long floats() {
    return (long) shape.rows() * shape.outputWidth();
  }

  /** Returns what gathers a layer's states from the reserve, zeros after a sequence's end. */
  List<Kernel> output(int layer, Buffer reserve, Buffer output) {
    List<Kernel> kernels = new ArrayList<>();
    int hidden = shape.hidden();
    for (int direction = 0; direction < shape.directions(); direction++) {
      kernels.add(
          moves.toSequences(
              RowBlock.of(shape.states(reserve, layer, direction), hidden),
              RowBlock.of(output, shape.outputWidth(), direction * hidden, hidden),
              direction));
    }
    return kernels;
  }

  /**
   * Returns what drops elements of a layer's output, or of its gradient, in place: nothing where
   * there is no dropout.
   */
  List<Kernel> drop(int layer, Buffer output, List<Buffer> inputs) {
    return dropouts.drop(layer, output, inputs);
  }
}
