package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.op.Recurrent;
import dev.kiln.op.RecurrentWeights;
import dev.kiln.tensor.Shape;

/**
 * The sizes of a recurrent stack, and where its parts lie. Inside, everything lies step by step:
 * [T, N, ...].
 *
 * <p>The reserve holds, layer by layer, the states [T, N, directions * hidden] and then for each
 * direction the activated gates [T, N, gates * hidden] and one vector [T, N, hidden] that the cell
 * needs: an LSTM's memory or a GRU's recurrent product.
 *
 * @param spec the stack
 * @param batch N
 * @param steps T
 * @param features of the stack's input
 */
record RecurrentShape(Recurrent spec, int batch, int steps, int features) {

  /** Returns the sizes for an input [N, T, features]. */
  static RecurrentShape of(Recurrent spec, Shape x) {
    return new RecurrentShape(spec, x.dim(0), x.dim(1), x.dim(2));
  }

  int hidden() {
    return spec.hidden();
  }

  int directions() {
    return spec.directions();
  }

  /** Returns the numbers that the products yield for one sequence in one step. */
  int gateWidth() {
    return spec.cell().gates() * spec.hidden();
  }

  /** Returns the numbers that one layer yields for one sequence in one step. */
  int outputWidth() {
    return spec.directions() * spec.hidden();
  }

  /** Returns the features of a layer's input. */
  int features(int layer) {
    return layer == 0 ? features : outputWidth();
  }

  /** Returns N times T. */
  int rows() {
    return batch * steps;
  }

  /** Returns which step is run in which turn: a backward layer begins with the last. */
  int step(int direction, int turn) {
    return direction == 0 ? turn : steps - 1 - turn;
  }

  /** Returns the states of a layer: [T, N, directions * hidden]. */
  Buffer states(Buffer reserve, int layer) {
    return floats(reserve, layer * layerFloats(), (long) rows() * outputWidth());
  }

  /** Returns the activated gates of a layer and direction: [T, N, gates * hidden]. */
  Buffer gates(Buffer reserve, int layer, int direction) {
    return floats(reserve, gatesAt(layer, direction), (long) rows() * gateWidth());
  }

  /** Returns the cell's extra vectors of a layer and direction: [T, N, hidden]. */
  Buffer extra(Buffer reserve, int layer, int direction) {
    long gates = (long) rows() * gateWidth();
    return floats(reserve, gatesAt(layer, direction) + gates, (long) rows() * hidden());
  }

  private long gatesAt(int layer, int direction) {
    long perDirection = (long) rows() * (gateWidth() + hidden());
    return layer * layerFloats() + (long) rows() * outputWidth() + direction * perDirection;
  }

  private long layerFloats() {
    return (long) rows() * directions() * (2L * hidden() + gateWidth());
  }

  /** Returns one of the weights. */
  Buffer weight(Buffer flat, int layer, int direction, RecurrentWeights.Kind kind) {
    RecurrentWeights.Part part = spec.weights(features).part(layer, direction, kind);
    return floats(flat, part.offset(), part.shape().elements());
  }

  /** Returns the part of {@code h0}, {@code hN} and the like: [N, hidden]. */
  Buffer state(Buffer states, int layer, int direction) {
    long size = (long) batch * hidden();
    return floats(states, (layer * directions() + direction) * size, size);
  }

  /** Returns the rows [N, width] of one step from [T, N, width]. */
  Buffer atStep(Buffer all, int step, int width) {
    long size = (long) batch * width;
    return floats(all, step * size, size);
  }

  /** Returns what follows a number of elements. */
  static Buffer from(Buffer buffer, long offset) {
    return buffer.slice(offset * Float.BYTES, buffer.bytes() - offset * Float.BYTES);
  }

  private static Buffer floats(Buffer buffer, long offset, long count) {
    return buffer.slice(offset * Float.BYTES, count * Float.BYTES);
  }
}
