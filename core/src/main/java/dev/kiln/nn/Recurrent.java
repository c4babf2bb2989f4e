package dev.kiln.nn;

import dev.kiln.graph.Ops;
import dev.kiln.op.Dropout;
import dev.kiln.op.RecurrentCell;
import dev.kiln.op.RecurrentWeights;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Recurrent layers over sequences, batch first: [N, T, features] to the states of every step, [N,
 * T, directions * hidden]. The equations are those of {@link dev.kiln.op.Recurrent}.
 *
 * <p>As a {@link Layer} it takes sequences of one length and starts from zeros; {@link
 * #apply(Scope, Input)} takes lengths and initial states and returns the last states too; {@link
 * #lastStep} returns these alone, for many-to-one networks.
 *
 * <p>Parameters: PyTorch's, {@code weight_ih_l0}, {@code weight_hh_l0}, {@code bias_ih_l0}, {@code
 * bias_hh_l0}, for further layers {@code ..._l1} and backwards {@code ..._l0_reverse}, all uniform
 * within {@code 1 / sqrt(hidden)} of 0 at first.
 *
 * @param cell what one step computes
 * @param hidden the size of the state, at least 1
 * @param layers how many layers are stacked, at least 1
 * @param bidirectional whether each layer also runs backwards
 * @param dropout the chance of an element between two layers to be dropped while training, in [0,
 *     1)
 */
public record Recurrent(
    RecurrentCell cell, int hidden, int layers, boolean bidirectional, double dropout)
    implements Layer {

  /**
   * What a stack reads.
   *
   * @param x the sequences, [N, T, features]
   * @param lengths the steps of every sequence, I64[N], each in [1, T]; empty where all have T
   * @param initial the states before the first step; empty for zeros
   */
  public record Input(Value x, Optional<Value> lengths, Optional<State> initial) {

    /** Returns sequences of one length that start from zeros. */
    public static Input of(Value x) {
      return new Input(x, Optional.empty(), Optional.empty());
    }

    /** Returns these sequences with lengths of their own: what follows them is never looked at. */
    public Input withLengths(Value lengths) {
      return new Input(x, Optional.of(lengths), initial);
    }

    /** Returns these sequences started from a state, such as that of an encoder. */
    public Input startingFrom(State state) {
      return new Input(x, lengths, Optional.of(state));
    }
  }

  /**
   * What carries over from step to step, of every layer and direction: forward before backward, the
   * first layer first.
   *
   * @param h the states, [layers * directions, N, hidden]
   * @param c an LSTM's memories, likewise; empty for the other cells
   */
  public record State(Value h, Optional<Value> c) {}

  /**
   * What a stack returns.
   *
   * @param outputs the last layer's state after every step, [N, T, directions * hidden]; zeros
   *     after a sequence's end
   * @param last the states after each sequence's last step
   */
  public record Result(Value outputs, State last) {}

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a size is below 1 or the dropout outside [0, 1)
   */
  public Recurrent {
    new dev.kiln.op.Recurrent(cell, hidden, layers, bidirectional, false, new Dropout(dropout, 0));
  }

  /** Returns one layer of plain recurrent cells with the hyperbolic tangent (Elman 1990). */
  public static Recurrent rnn(int hidden) {
    return of(RecurrentCell.RNN_TANH, hidden);
  }

  /** Returns one layer of gated recurrent units (Cho et al. 2014). */
  public static Recurrent gru(int hidden) {
    return of(RecurrentCell.GRU, hidden);
  }

  /** Returns one layer of long short-term memory (Hochreiter, Schmidhuber 1997). */
  public static Recurrent lstm(int hidden) {
    return of(RecurrentCell.LSTM, hidden);
  }

  /** Returns one layer of a cell, forward only, without dropout. */
  public static Recurrent of(RecurrentCell cell, int hidden) {
    return new Recurrent(cell, hidden, 1, false, 0);
  }

  /** Returns this stack with another number of layers. */
  public Recurrent withLayers(int count) {
    return new Recurrent(cell, hidden, count, bidirectional, dropout);
  }

  /** Returns this stack with every layer running in both directions. */
  public Recurrent inBothDirections() {
    return new Recurrent(cell, hidden, layers, true, dropout);
  }

  /** Returns this stack with dropout between its layers while training. */
  public Recurrent withDropout(double probability) {
    return new Recurrent(cell, hidden, layers, bidirectional, probability);
  }

  @Override
  public Value apply(Scope scope, Value x) {
    return apply(scope, Input.of(x)).outputs();
  }

  /**
   * Returns a layer that gives the last layer's state after the last step alone, [N, directions *
   * hidden]: forward after step T, backward after step 1.
   */
  public Layer lastStep() {
    return new LastStep(this);
  }

  /**
   * Writes the stack's operation.
   *
   * @throws dev.kiln.op.ShapeException if an input does not fit
   */
  public Result apply(Scope scope, Input input) {
    Value x = input.x();
    scope.require(
        x.shape().rank() == 3, "recurrent: x must be [N, T, features]; got x " + x.type());
    dev.kiln.op.Recurrent spec =
        new dev.kiln.op.Recurrent(
            cell, hidden, layers, bidirectional, input.lengths().isPresent(), dropout(scope));
    List<Value> operands = new ArrayList<>(List.of(x));
    operands.add(scope.parameters(parameters(spec.weights(x.shape().dim(2)))));
    State initial = input.initial().orElseGet(() -> zeros(scope, spec, x));
    operands.add(initial.h());
    initial.c().ifPresent(operands::add);
    input.lengths().ifPresent(operands::add);
    if (spec.hasDropout()) {
      operands.add(scope.counter());
    }
    List<Value> outputs = scope.graph().add(spec, operands);
    Optional<Value> memory = cell.hasMemory() ? Optional.of(outputs.get(2)) : Optional.empty();
    return new Result(outputs.get(0), new State(outputs.get(1), memory));
  }

  /**
   * Applies the layers from the state in which the batch before left them, for truncated
   * backpropagation through time (Williams, Peng 1990): gradients end at the batch's first step,
   * the state goes on. Every row must go on where the same row of the batch before ended.
   *
   * @param name the layers' name
   * @param x the next window of every row's sequence, [N, T, features]
   * @return the states of every step, [N, T, hidden]
   */
  public Value applyContinued(Scope scope, String name, Value x) {
    Shape shape = Shape.of(layers * (bidirectional ? 2 : 1), x.shape().dim(0), hidden);
    Value h = scope.carried(name + ".h", shape);
    Optional<Value> c =
        cell.hasMemory() ? Optional.of(scope.carried(name + ".c", shape)) : Optional.empty();
    Result result = scope.child(name, this, Input.of(x).startingFrom(new State(h, c)));
    scope.update(h, result.last().h());
    c.ifPresent(memory -> scope.update(memory, result.last().c().orElseThrow()));
    return result.outputs();
  }

  /** Every layer but the last draws from a stream of its own; the streams follow each other. */
  private Dropout dropout(Scope scope) {
    return switch (scope.mode()) {
      case TRAINING -> {
        int first = scope.nextStream();
        for (int layer = 1; layer < layers - 1; layer++) {
          scope.nextStream();
        }
        yield new Dropout(dropout, first);
      }
      case INFERENCE -> new Dropout(0, 0);
    };
  }

  private ParameterGroup parameters(RecurrentWeights weights) {
    double bound = 1 / Math.sqrt(hidden);
    Initializer initializer = Initializers.uniform(-bound, bound);
    return new ParameterGroup(
        weights.parts().stream()
            .map(part -> new ParameterGroup.Member(part.name(), part.shape(), initializer))
            .toList());
  }

  private State zeros(Scope scope, dev.kiln.op.Recurrent spec, Value x) {
    DType dtype = x.type().dtype();
    Shape shape = Shape.of(layers * spec.directions(), x.shape().dim(0), hidden);
    Value zeros = scope.ops().fill(dtype, shape, 0);
    return new State(zeros, cell.hasMemory() ? Optional.of(zeros) : Optional.empty());
  }

  @Override
  public String describe() {
    return "%s(%d%s%s%s)"
        .formatted(
            label(),
            hidden,
            layers > 1 ? ", " + layers + " layers" : "",
            bidirectional ? ", both directions" : "",
            dropout > 0 ? ", dropout " + dropout : "");
  }

  private String label() {
    return switch (cell) {
      case RNN_TANH -> "Rnn";
      case RNN_RELU -> "ReluRnn";
      case LSTM -> "Lstm";
      case GRU -> "Gru";
    };
  }

  /** The stack, read after the last step. */
  private record LastStep(Recurrent stack) implements Layer {

    @Override
    public Value apply(Scope scope, Value x) {
      return stack.lastOutputs(scope, stack.apply(scope, Input.of(x)).last());
    }

    @Override
    public String describe() {
      return stack.describe() + ", last step";
    }
  }

  /**
   * Applies the layers to sequences of different lengths, and returns what each comes down to: the
   * last layer's state after the sequence's own last step, [N, directions * hidden].
   *
   * @param name the layers' name
   * @param x the sequences, padded at their end, [N, T, features]
   * @param lengths the steps of every sequence, I64[N], each in [1, T]
   */
  public Value lastOf(Scope scope, String name, Value x, Value lengths) {
    return lastOutputs(scope, scope.child(name, this, Input.of(x).withLengths(lengths)).last());
  }

  /** The last layer's states out of those of all layers, [N, directions * hidden]. */
  private Value lastOutputs(Scope scope, State last) {
    Ops ops = scope.ops();
    int batch = last.h().shape().dim(1);
    int directions = bidirectional ? 2 : 1;
    int first = (layers - 1) * directions;
    Value[] states = new Value[directions];
    for (int i = 0; i < directions; i++) {
      states[i] = ops.reshape(ops.slice(last.h(), 0, first + i, first + i + 1), batch, hidden);
    }
    return directions == 1 ? states[0] : ops.concat(1, states);
  }
}
