package dev.kiln.cpu.reference;

import dev.kiln.graph.GraphBuilder;
import dev.kiln.graph.Ops;
import dev.kiln.op.MatMul;
import dev.kiln.op.Recurrent;
import dev.kiln.op.RecurrentWeights;
import dev.kiln.op.Unary;
import dev.kiln.op.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * A recurrent stack written out step by step with matrix products and elementwise operations, whose
 * gradient is nobody's but theirs: what {@link Recurrent} is compared with.
 */
final class UnrolledRecurrent {

  private final GraphBuilder graph;
  private final Ops ops;
  private final Recurrent spec;
  private final List<Value> inputs;
  private final List<Value> masks;
  private final RecurrentWeights layout;
  private final int batch;
  private final int steps;

  /** A state and, for an LSTM, a memory: [N, hidden]. */
  private record State(Value h, Value c) {}

  private UnrolledRecurrent(
      GraphBuilder graph, Recurrent spec, List<Value> inputs, List<Value> masks) {
    this.graph = graph;
    this.ops = graph.ops();
    this.spec = spec;
    this.inputs = inputs;
    this.masks = masks;
    this.batch = inputs.getFirst().shape().dim(0);
    this.steps = inputs.getFirst().shape().dim(1);
    this.layout = spec.weights(inputs.getFirst().shape().dim(2));
  }

  /**
   * Writes the stack down.
   *
   * @param inputs those of the specification
   * @param masks for every step [N, 1]: 1 where a sequence has this step, else 0
   * @return {@code y}, {@code hN} and, for an LSTM, {@code cN}
   */
  static List<Value> write(
      GraphBuilder graph, Recurrent spec, List<Value> inputs, List<Value> masks) {
    return new UnrolledRecurrent(graph, spec, inputs, masks).write();
  }

  private List<Value> write() {
    Value sequence = inputs.getFirst();
    List<State> last = new ArrayList<>();
    for (int layer = 0; layer < spec.layers(); layer++) {
      if (layer > 0 && spec.hasDropout()) {
        Value counter = inputs.get(spec.counterIndex());
        sequence = ops.dropout(spec.dropoutAfter(layer - 1), sequence, counter);
      }
      Value[] directions = new Value[spec.directions()];
      for (int direction = 0; direction < spec.directions(); direction++) {
        directions[direction] = direction(layer, direction, sequence, last);
      }
      sequence = ops.concat(2, directions);
    }
    List<Value> outputs = new ArrayList<>(List.of(sequence));
    outputs.add(stacked(last.stream().map(State::h).toList()));
    if (spec.cell().hasMemory()) {
      outputs.add(stacked(last.stream().map(State::c).toList()));
    }
    return outputs;
  }

  private Value stacked(List<Value> states) {
    return ops.concat(
        0,
        states.stream()
            .map(state -> ops.reshape(state, 1, batch, spec.hidden()))
            .toArray(Value[]::new));
  }

  /** One direction of one layer: [N, T, features] to [N, T, hidden]. */
  private Value direction(int layer, int direction, Value sequence, List<State> last) {
    State state = initial(layer * spec.directions() + direction);
    Value[] outputs = new Value[steps];
    for (int i = 0; i < steps; i++) {
      int time = direction == 0 ? i : steps - 1 - i;
      Value x = ops.reshape(ops.slice(sequence, 1, time, time + 1), batch, layout.features(layer));
      State next = step(layer, direction, x, state);
      state =
          new State(
              chosen(masks.get(time), next.h, state.h), chosen(masks.get(time), next.c, state.c));
      Value output = ops.mul(next.h, masks.get(time));
      outputs[time] = ops.reshape(output, batch, 1, spec.hidden());
    }
    last.add(state);
    return ops.concat(1, outputs);
  }

  /** The next value where the mask is 1, the previous one where it is 0. */
  private Value chosen(Value mask, Value next, Value previous) {
    return ops.add(ops.mul(mask, next), ops.mul(ops.affine(mask, -1, 1), previous));
  }

  private State initial(int index) {
    Value h = initial(inputs.get(2), index);
    return new State(h, spec.cell().hasMemory() ? initial(inputs.get(3), index) : h);
  }

  private Value initial(Value states, int index) {
    return ops.reshape(ops.slice(states, 0, index, index + 1), batch, spec.hidden());
  }

  private State step(int layer, int direction, Value x, State state) {
    Value fromInput =
        product(
            x,
            layout.part(layer, direction, RecurrentWeights.Kind.WEIGHT_IH),
            layout.part(layer, direction, RecurrentWeights.Kind.BIAS_IH));
    Value fromState =
        product(
            state.h,
            layout.part(layer, direction, RecurrentWeights.Kind.WEIGHT_HH),
            layout.part(layer, direction, RecurrentWeights.Kind.BIAS_HH));
    return switch (spec.cell()) {
      case RNN_TANH -> plain(Unary.TANH, ops.add(fromInput, fromState));
      case RNN_RELU -> plain(Unary.RELU, ops.add(fromInput, fromState));
      case LSTM -> lstm(ops.add(fromInput, fromState), state);
      case GRU -> gru(fromInput, fromState, state);
    };
  }

  private State plain(Unary activation, Value sum) {
    Value h = ops.unary(activation, sum);
    return new State(h, h);
  }

  private State lstm(Value gates, State state) {
    Value input = ops.sigmoid(gate(gates, 0));
    Value forget = ops.sigmoid(gate(gates, 1));
    Value candidate = ops.tanh(gate(gates, 2));
    Value output = ops.sigmoid(gate(gates, 3));
    Value c = ops.add(ops.mul(forget, state.c), ops.mul(input, candidate));
    return new State(ops.mul(output, ops.tanh(c)), c);
  }

  private State gru(Value fromInput, Value fromState, State state) {
    Value reset = ops.sigmoid(ops.add(gate(fromInput, 0), gate(fromState, 0)));
    Value update = ops.sigmoid(ops.add(gate(fromInput, 1), gate(fromState, 1)));
    Value recurrent = ops.mul(reset, gate(fromState, 2));
    Value candidate = ops.tanh(ops.add(gate(fromInput, 2), recurrent));
    Value h = ops.add(ops.mul(ops.affine(update, -1, 1), candidate), ops.mul(update, state.h));
    return new State(h, h);
  }

  private Value gate(Value gates, int index) {
    return ops.slice(gates, 1, index * spec.hidden(), (index + 1) * spec.hidden());
  }

  private Value product(Value vectors, RecurrentWeights.Part matrix, RecurrentWeights.Part bias) {
    // v [N,columns] · W' [columns,rows] + b [rows] -> [N,rows]
    Value product = graph.apply(new MatMul(false, true), vectors, part(matrix));
    return ops.add(product, part(bias));
  }

  private Value part(RecurrentWeights.Part part) {
    int start = Math.toIntExact(part.offset());
    int end = Math.toIntExact(part.offset() + part.shape().elements());
    return ops.reshape(ops.slice(inputs.get(1), 0, start, end), part.shape().toArray());
  }
}
