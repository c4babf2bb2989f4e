package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.op.Recurrent;
import dev.kiln.op.RecurrentWeights;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The sizes of a recurrent stack, and where its parts lie. Everything lies sequence by sequence:
 * [N, T, ...].
 *
 * <p>The reserve holds for each layer and direction the activated gates [N, T, gates * hidden] and
 * one vector [N, T, hidden] that the cell needs (an LSTM's memory, a GRU's recurrent product), then
 * for each layer but the last its states [N, T, directions * hidden].
 *
 * @param spec the stack
 * @param dtype the type of its elements
 * @param batch N
 * @param steps T
 * @param features of the stack's input
 */
record RecurrentShape(Recurrent spec, DType dtype, int batch, int steps, int features) {

  /** Returns the sizes for an input [N, T, features]. */
  static RecurrentShape of(Recurrent spec, TensorType x) {
    return new RecurrentShape(
        spec, x.dtype(), x.shape().dim(0), x.shape().dim(1), x.shape().dim(2));
  }

  /** Returns the width of a state. */
  int hidden() {
    return spec.hidden();
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
    return Math.multiplyExact(batch, steps);
  }

  /** Returns the elements of a state of one layer and direction: N times hidden. */
  long stateElements() {
    return (long) batch * hidden();
  }

  /** Returns the bytes of so many elements for each row [N, T]. */
  long rowBytes(int width) {
    return (long) rows() * width * dtype.bytes();
  }

  /** Returns the bytes of so many elements for each sequence. */
  long batchBytes(int width) {
    return (long) batch * width * dtype.bytes();
  }

  /** Returns the type of one vector for each row, [N * T, width]. */
  TensorType rowsOf(int width) {
    return TensorType.of(dtype, rows(), width);
  }

  /** Returns the activated gates of a layer and direction in the reserve: [N, T, gateWidth]. */
  DeviceBuffer gates(Buffer reserve, int layer, int direction) {
    return elements(reserve, cellAt(layer, direction), (long) rows() * gateWidth());
  }

  /** Returns the cell's extra vectors of a layer and direction: [N, T, hidden]. */
  DeviceBuffer extra(Buffer reserve, int layer, int direction) {
    long gates = (long) rows() * gateWidth();
    return elements(reserve, cellAt(layer, direction) + gates, (long) rows() * hidden());
  }

  /** Returns the states of a layer below the last: [N, T, outputWidth]. */
  DeviceBuffer states(Buffer reserve, int layer) {
    long states = (long) rows() * outputWidth();
    return elements(reserve, cellAt(spec.layers(), 0) + layer * states, states);
  }

  private long cellAt(int layer, int direction) {
    long index = (long) layer * spec.directions() + direction;
    return index * rows() * (gateWidth() + hidden());
  }

  /** Returns one of the weights, or of their gradients. */
  DeviceBuffer weight(Buffer flat, int layer, int direction, RecurrentWeights.Kind kind) {
    RecurrentWeights.Part part = spec.weights(features).part(layer, direction, kind);
    return elements(flat, part.offset(), part.shape().elements());
  }

  /** Returns the part of {@code h0}, {@code hN} and the like: [N, hidden]. */
  DeviceBuffer state(Buffer states, int layer, int direction) {
    long index = (long) layer * spec.directions() + direction;
    return elements(states, index * stateElements(), stateElements());
  }

  private DeviceBuffer elements(Buffer buffer, long offset, long count) {
    return DeviceBuffer.of(buffer).slice(offset * dtype.bytes(), count * dtype.bytes());
  }

  /** Returns the structure {@code Step} of the kernels. */
  MemorySegment step(Arena arena, int direction, int turn) {
    return arena.allocateFrom(
        ValueLayout.JAVA_LONG,
        batch,
        steps,
        hidden(),
        outputWidth(),
        (long) direction * hidden(),
        direction,
        turn);
  }
}
