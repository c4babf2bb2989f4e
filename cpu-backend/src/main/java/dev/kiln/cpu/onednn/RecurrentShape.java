package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.op.Recurrent;
import dev.kiln.op.RecurrentWeights;
import dev.kiln.tensor.Shape;
import java.util.List;

/**
 * The sizes of a recurrent stack, and where its parts lie. Inside, everything lies turn by turn:
 * [T, N, ...], see {@link SequenceOrder}.
 *
 * <p>The reserve holds, layer by layer and direction by direction, the states [T, N, hidden], the
 * activated gates [T, N, gates * hidden] and one vector [T, N, hidden] that the cell needs: an
 * LSTM's memory or a GRU's recurrent product.
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

  /** Returns the features of the layer that has most. */
  int widestInput() {
    return spec.layers() > 1 ? Math.max(features, outputWidth()) : features;
  }

  /** Returns N times T. */
  int rows() {
    return batch * steps;
  }

  /** Returns the states of a layer and direction: [T, N, hidden]. */
  Buffer states(Buffer reserve, int layer, int direction) {
    return floats(reserve, partAt(layer, direction), (long) rows() * hidden());
  }

  /** Returns the activated gates of a layer and direction: [T, N, gates * hidden]. */
  Buffer gates(Buffer reserve, int layer, int direction) {
    long states = (long) rows() * hidden();
    return floats(reserve, partAt(layer, direction) + states, (long) rows() * gateWidth());
  }

  /** Returns the cell's extra vectors of a layer and direction: [T, N, hidden]. */
  Buffer extra(Buffer reserve, int layer, int direction) {
    long before = (long) rows() * (hidden() + gateWidth());
    return floats(reserve, partAt(layer, direction) + before, (long) rows() * hidden());
  }

  private long partAt(int layer, int direction) {
    return (long) (layer * directions() + direction) * rows() * (2L * hidden() + gateWidth());
  }

  /** Returns one of the weights. */
  Buffer weight(Buffer flat, int layer, int direction, RecurrentWeights.Kind kind) {
    RecurrentWeights.Part part = spec.weights(features).part(layer, direction, kind);
    return floats(flat, part.offset(), part.shape().elements());
  }

  /** Returns which thread computes which sequences, where each has its own for all turns. */
  List<BatchShare> shares() {
    return BatchShare.of(batch, OpenMpTeam.size());
  }

  /** Returns the numbers that a weight is multiplied with: the layer's input, or its state. */
  int weightWidth(int layer, RecurrentWeights.Kind kind) {
    return kind == RecurrentWeights.Kind.WEIGHT_IH ? features(layer) : hidden();
  }

  /** Returns how far a layer's weights of one direction are from those of the other. */
  long weightsOfDirection(int layer) {
    return (long) gateWidth() * (features(layer) + hidden());
  }

  /** Returns one gate of a weight, and what lies behind it up to that of the last direction. */
  Buffer weightGate(Buffer flat, int layer, RecurrentWeights.Kind kind, int gate) {
    long width = weightWidth(layer, kind);
    long before = gate * hidden() * width;
    long first = spec.weights(features).part(layer, 0, kind).offset();
    long others = (directions() - 1) * weightsOfDirection(layer);
    return floats(flat, first + before, others + hidden() * width);
  }

  /** Returns the part of {@code h0}, {@code hN} and the like: [N, hidden]. */
  Buffer state(Buffer states, int layer, int direction) {
    long size = (long) batch * hidden();
    return floats(states, (layer * directions() + direction) * size, size);
  }

  /** Returns one thread's part of it, in all directions: strided if there are two. */
  Buffer state(Buffer states, int layer, BatchShare share) {
    long first = ((long) layer * directions() * batch + share.first()) * hidden();
    long others = (directions() - 1L) * batch * hidden();
    return floats(states, first, others + (long) share.sequences() * hidden());
  }

  /** Returns one thread's sequences from [N, T, width]. */
  Buffer sequences(Buffer all, int width, BatchShare share) {
    long sequence = (long) steps * width;
    return floats(all, share.first() * sequence, share.sequences() * sequence);
  }

  /** Returns the rows [N, width] of one turn from [T, N, width]. */
  Buffer atTurn(Buffer all, int turn, int width) {
    long size = (long) batch * width;
    return floats(all, turn * size, size);
  }

  /** Returns the rows of all turns but the first. */
  Buffer afterFirst(Buffer all, int width) {
    long first = (long) batch * width * Float.BYTES;
    return all.slice(first, all.bytes() - first);
  }

  /** Returns the rows of all turns but the last. */
  Buffer beforeLast(Buffer all, int width) {
    return all.slice(0, all.bytes() - (long) batch * width * Float.BYTES);
  }

  private static Buffer floats(Buffer buffer, long offset, long count) {
    return buffer.slice(offset * Float.BYTES, count * Float.BYTES);
  }
}
