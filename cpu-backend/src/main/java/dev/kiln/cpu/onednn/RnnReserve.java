package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.op.Recurrent;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Layout;
import dev.kiln.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * The reserve of a stack that runs by oneDNN's RNN primitive: for every layer and every thread what
 * its primitive yields, and what it keeps in a workspace of its own, for its gradient.
 */
final class RnnReserve implements Layout {

  /** The reserve of a stack whose gradient nobody wants: nothing. */
  static final Layout UNREAD =
      new Layout() {
        @Override
        public long bytes(DType dtype, Shape shape) {
          return 0;
        }

        @Override
        public String toString() {
          return "unread";
        }
      };

  /** The parts of one layer and thread. */
  private record Kept(Workspace.Part states, List<Workspace.Part> last, Workspace.Part workspace) {}

  private final RecurrentShape shape;
  private final List<List<Kept>> kept = new ArrayList<>(); // by layer and thread
  private final Workspace parts = new Workspace();

  /** Divides the reserve for an input [N, T, features]. */
  RnnReserve(OpContext context, Recurrent spec, Shape x) {
    this.shape = RecurrentShape.of(spec, x);
    for (int layer = 0; layer < spec.layers(); layer++) {
      List<Kept> ofLayer = new ArrayList<>();
      for (BatchShare share : shape.shares()) {
        int of = layer;
        ofLayer.add(
            part(
                share,
                OpenMpTeam.alone(
                    () -> new RnnPrimitive(context, shape, of, share).workspaceBytes())));
      }
      kept.add(ofLayer);
    }
  }

  private Kept part(BatchShare share, long workspaceBytes) {
    long rows = (long) shape.steps() * share.sequences();
    Workspace.Part states = parts.addFloats(rows * shape.outputWidth());
    List<Workspace.Part> last = new ArrayList<>();
    for (int state = 0; state < shape.spec().states(); state++) {
      last.add(parts.addFloats((long) share.sequences() * shape.outputWidth()));
    }
    return new Kept(states, last, parts.add(workspaceBytes));
  }

  /** Returns the stack. */
  RecurrentShape shape() {
    return shape;
  }

  /** Returns the states [T, n, directions * hidden] of a layer's sequences of one thread. */
  Buffer states(Buffer reserve, int layer, BatchShare share) {
    return kept.get(layer).get(share.thread()).states.in(reserve);
  }

  /** Returns their last states or, at 1, their last memories, [directions, n, hidden]. */
  Buffer last(Buffer reserve, int layer, BatchShare share, int state) {
    return kept.get(layer).get(share.thread()).last.get(state).in(reserve);
  }

  /** Returns all that the primitive yields, in the order of {@link RnnPrimitive}. */
  List<Buffer> results(Buffer reserve, int layer, BatchShare share) {
    Kept ofThread = kept.get(layer).get(share.thread());
    List<Buffer> results = new ArrayList<>();
    results.add(ofThread.states.in(reserve));
    ofThread.last.forEach(part -> results.add(part.in(reserve)));
    results.add(ofThread.workspace.in(reserve));
    return results;
  }

  /**
   * Returns whether a layer's input comes in the user's order and has to be moved: that of the
   * first layer, and where there is dropout, which is defined in that order. Other layers read the
   * states of the layer below where they lie.
   */
  boolean readsSequences(int layer) {
    return layer == 0 || shape.spec().hasDropout();
  }

  /**
   * Returns the input [T, n, features] of a layer's sequences of one thread.
   *
   * @param turns memory for all threads' inputs that have to be moved
   */
  Buffer input(int layer, BatchShare share, Buffer reserve, Buffer turns) {
    return readsSequences(layer)
        ? shape.sequences(turns, shape.features(layer), share)
        : states(reserve, layer - 1, share);
  }

  @Override
  public long bytes(DType dtype, Shape ofReserve) {
    return parts.bytes();
  }

  @Override
  public String toString() {
    return "rnn";
  }
}
