package dev.kiln.models.explain;

import dev.kiln.graph.Ops;
import dev.kiln.op.Value;
import dev.kiln.tensor.Shape;
import java.util.List;

/**
 * What arrives at a gate of a recurrent cell: the products of its weights with input and state.
 *
 * @param name the gate's letter
 * @param inputWeights the weights of the input, [2, 2]
 * @param stateWeights the weights of the state, [2, 2]
 * @param fromInput the input's part, [1, 2]
 * @param fromState the state's part, [1, 2]
 */
record Gate(String name, Value inputWeights, Value stateWeights, Value fromInput, Value fromState) {

  /** The weights of a gate, row by row. */
  record Weights(List<Double> input, List<Double> state) {}

  private static final Shape SQUARE = Shape.of(2, 2);

  /** Writes the products of a gate with input and state, both [1, 2]. */
  static Gate of(String name, Calculation calculation, Value x, Value h, Weights weights) {
    Value input = calculation.given(SQUARE, array(weights.input));
    Value state = calculation.given(SQUARE, array(weights.state));
    Ops ops = calculation.ops();
    return new Gate(name, input, state, ops.linear(x, input), ops.linear(h, state));
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** Returns weights and products for showing. */
  List<Table> tables(Calculation.Numbers numbers) {
    return List.of(
        numbers.table("W_i%s [2, 2]".formatted(name), inputWeights),
        numbers.table("W_h%s [2, 2]".formatted(name), stateWeights),
        numbers.table("W_i%s x [1, 2]".formatted(name), fromInput),
        numbers.table("W_h%s h [1, 2]".formatted(name), fromState));
  }
}
