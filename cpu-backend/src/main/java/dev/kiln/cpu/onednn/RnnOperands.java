package dev.kiln.cpu.onednn;

import dev.kiln.op.RecurrentCell;
import dev.kiln.op.RecurrentWeights.Kind;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How the operands and results of oneDNN's RNN primitive lie, or their gradients.
 *
 * @param cell what it computes
 * @param input [T, n, features]
 * @param first the state before the first turn, and the memory likewise
 * @param inputWeights that the input is multiplied with
 * @param recurrentWeights that the state is multiplied with
 * @param bias of all gates
 * @param output the states of all turns, [T, n, directions * hidden]
 * @param last the state after the last turn, and the memory likewise
 */
record RnnOperands(
    RecurrentCell cell,
    MemoryDesc input,
    MemoryDesc first,
    MemoryDesc inputWeights,
    MemoryDesc recurrentWeights,
    MemoryDesc bias,
    MemoryDesc output,
    MemoryDesc last) {

  /**
   * One of them.
   *
   * @param id what oneDNN calls it
   * @param desc how it lies
   */
  record Operand(int id, MemoryDesc desc) {

    /** Returns the gradient of this, which lies alike. */
    Operand grad() {
      return new Operand(Argument.gradientOf(id), desc);
    }
  }

  /** In which order sequences lie. */
  enum Order {
    /** Turn by turn in memory of their own: the input of all turns is then one product. */
    TURNS,
    /** As the user has them, among those of the other threads. */
    USER
  }

  /** Describes them for one layer and the sequences of one thread. */
  static RnnOperands of(
      NativeScope scope,
      RecurrentShape shape,
      int layer,
      BatchShare share,
      Order order,
      RnnWeightPlacement.Order weights) {
    RnnOrder orders = new RnnOrder(scope, shape, share);
    RecurrentCell cell = shape.spec().cell();
    int features = shape.features(layer);
    int width = shape.outputWidth();
    boolean byTurns = order == Order.TURNS;
    return new RnnOperands(
        cell,
        byTurns ? orders.turns(features) : orders.sequences(features),
        orders.statesOfUser(),
        RnnWeightPlacement.of(weights, shape, layer, Kind.WEIGHT_IH).whole(scope),
        RnnWeightPlacement.of(weights, shape, layer, Kind.WEIGHT_HH).whole(scope),
        MemoryDesc.rowMajor(scope, 1, shape.directions(), RnnGates.biases(cell), shape.hidden()),
        byTurns ? orders.turns(width) : orders.sequences(width),
        byTurns ? orders.states() : orders.statesOfUser());
  }

  /** Returns the input, the first state and memory, both weights and the bias. */
  List<Operand> inputs() {
    return Stream.of(
            Stream.of(new Operand(Argument.SRC, input)),
            states(first, Argument.SRC_1, Argument.SRC_2),
            Stream.of(
                new Operand(Argument.WEIGHTS, inputWeights),
                new Operand(Argument.WEIGHTS_1, recurrentWeights),
                new Operand(Argument.BIAS, bias)))
        .flatMap(operands -> operands)
        .toList();
  }

  /** Returns the states, the last state and memory. */
  List<Operand> outputs() {
    return Stream.concat(
            Stream.of(new Operand(Argument.DST, output)),
            states(last, Argument.DST_1, Argument.DST_2))
        .toList();
  }

  /** The state and, if the cell has one, the memory. */
  private Stream<Operand> states(MemoryDesc desc, int state, int memory) {
    return IntStream.of(state, memory)
        .limit(cell.hasMemory() ? 2 : 1)
        .mapToObj(id -> new Operand(id, desc));
  }
}
