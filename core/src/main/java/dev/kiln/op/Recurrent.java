package dev.kiln.op;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A stack of recurrent layers over whole sequences, batch first (cuDNN: RNN forward with unpacked,
 * batch-major data).
 *
 * <p>With input {@code x} and the previous state {@code h}, {@code c} a cell computes
 *
 * <pre>
 * RNN   h' = tanh or ReLU (W_ih x + b_ih + W_hh h + b_hh)
 * LSTM  i, f, o = sigmoid, g = tanh of the gates' (W_ih x + b_ih + W_hh h + b_hh), in the order i f g o
 *       c' = f c + i g              h' = o tanh(c')
 * GRU   r, z = sigmoid of the gates' (W_ih x + b_ih + W_hh h + b_hh), in the order r z n
 *       n = tanh(W_in x + b_in + r (W_hn h + b_hn))      h' = (1 - z) n + z h
 * </pre>
 *
 * <p>Inputs, in this order: {@code x} [N, T, features]; {@code weights}, flat, as {@link
 * RecurrentWeights} lays them out; {@code h0} [layers * directions, N, hidden]; for an LSTM {@code
 * c0}, likewise; {@code lengths} I64[N], each in [1, T], if the sequences are ragged; {@code
 * counter} I64[2], seed and step, if there is dropout.
 *
 * <p>Outputs: {@code y} [N, T, directions * hidden], the last layer's states, forward before
 * backward, zero after a sequence's end; {@code hN} like {@code h0}, the states after each
 * sequence's last step; for an LSTM {@code cN}; {@code reserve}, OPAQUE, what the gradient needs. A
 * sequence whose length is outside [1, T] yields not-a-number, so that a training step reports it.
 *
 * @param cell what one step computes
 * @param hidden the size of the state
 * @param layers how many layers are stacked
 * @param bidirectional whether each layer also runs backwards
 * @param ragged whether the sequences of a batch have lengths of their own
 * @param dropout the dropout between layers (after every layer but the last); see {@link
 *     #dropoutAfter}
 */
public record Recurrent(
    RecurrentCell cell,
    int hidden,
    int layers,
    boolean bidirectional,
    boolean ragged,
    Dropout dropout)
    implements OpSpec {

  /**
   * Checks the attributes.
   *
   * @throws IllegalArgumentException if hidden or layers is below 1
   */
  public Recurrent {
    if (hidden < 1 || layers < 1) {
      throw new IllegalArgumentException(
          "recurrent: hidden and layers must be at least 1, but are %d and %d"
              .formatted(hidden, layers));
    }
  }

  /** Returns one layer in one direction, without dropout, all sequences of one length. */
  public static Recurrent of(RecurrentCell cell, int hidden) {
    return new Recurrent(cell, hidden, 1, false, false, new Dropout(0, 0));
  }

  /** Returns 2 when each layer also runs backwards, else 1. */
  public int directions() {
    return bidirectional ? 2 : 1;
  }

  /** Returns whether elements are dropped between layers, so that a counter is needed. */
  public boolean hasDropout() {
    return dropout.probability() > 0 && layers > 1;
  }

  /**
   * Returns what drops elements of a layer's output, seen as one tensor [N, T, directions *
   * hidden]. Every layer draws from a stream of its own: the first from the given one, the others
   * from those that follow.
   *
   * @param layer a layer below another
   */
  public Dropout dropoutAfter(int layer) {
    return new Dropout(dropout.probability(), dropout.stream() + layer);
  }

  /**
   * Returns how many tensors carry over from step to step: {@code h} and, for an LSTM, {@code c}.
   */
  public int states() {
    return cell.hasMemory() ? 2 : 1;
  }

  /** Returns where each weight lies, for inputs of so many features. */
  public RecurrentWeights weights(int features) {
    return new RecurrentWeights(this, features);
  }

  /** Returns the position of an input by its role, -1 where this operation has none. */
  int indexOf(Role role) {
    return roles().indexOf(role);
  }

  /** What an input is for. */
  enum Role {
    X,
    WEIGHTS,
    H0,
    C0,
    LENGTHS,
    COUNTER
  }

  private List<Role> roles() {
    List<Role> roles = new ArrayList<>(List.of(Role.X, Role.WEIGHTS, Role.H0));
    if (cell.hasMemory()) {
      roles.add(Role.C0);
    }
    if (ragged) {
      roles.add(Role.LENGTHS);
    }
    if (hasDropout()) {
      roles.add(Role.COUNTER);
    }
    return roles;
  }

  /** Returns the position of {@code lengths} among the inputs, -1 where the sequences are equal. */
  public int lengthsIndex() {
    return indexOf(Role.LENGTHS);
  }

  /** Returns the position of {@code counter} among the inputs, -1 without dropout. */
  public int counterIndex() {
    return indexOf(Role.COUNTER);
  }

  /** Returns the number of inputs. */
  public int inputCount() {
    return roles().size();
  }

  @Override
  public Optional<IndexRange> indices(List<TensorType> inputs) {
    int steps = inputs.getFirst().shape().dim(1);
    return ragged
        ? Optional.of(IndexRange.of(roles().indexOf(Role.LENGTHS), "lengths", 1, steps + 1L))
        : Optional.empty();
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    List<Role> roles = roles();
    Operands in =
        new Operands(
            this,
            inputs,
            roles.stream()
                .map(role -> role.name().toLowerCase(Locale.ROOT))
                .toArray(String[]::new));
    in.floating(0).rank(0, 3).dtypeOfFirst(1);
    int batch = in.shape(0).dim(0);
    int steps = in.shape(0).dim(1);
    Shape state = Shape.of(layers * directions(), batch, hidden);
    in.shapeIs(1, Shape.of(Math.toIntExact(weights(in.shape(0).dim(2)).length())));
    for (int i = 2; i < roles.size(); i++) {
      switch (roles.get(i)) {
        case H0, C0 -> in.dtypeOfFirst(i).shapeIs(i, state);
        case LENGTHS -> in.dtype(i, DType.I64).shapeIs(i, Shape.of(batch));
        case COUNTER -> in.dtype(i, DType.I64).shapeIs(i, Shape.of(2));
        case X, WEIGHTS -> throw new IllegalStateException("X and WEIGHTS come first");
      }
    }
    DType dtype = in.get(0).dtype();
    List<TensorType> outputs =
        new ArrayList<>(
            List.of(
                TensorType.of(dtype, batch, steps, directions() * hidden),
                TensorType.of(dtype, state)));
    if (cell.hasMemory()) {
      outputs.add(TensorType.of(dtype, state));
    }
    outputs.add(reserve(batch, steps, dtype));
    return outputs;
  }

  /**
   * The reserve in the form of the definition: for every layer, direction, step and sequence the
   * activated gates, the new state, and one more vector that the cell needs (an LSTM's memory, a
   * GRU's recurrent product). A private layout may hold something else.
   */
  private TensorType reserve(int batch, int steps, DType dtype) {
    long elements = (long) layers * directions() * steps * batch * (cell.gates() + 2) * hidden;
    return TensorType.of(DType.OPAQUE, Math.toIntExact(elements * dtype.bytes()));
  }

  @Override
  public void gradient(Adjoint adjoint) {
    int states = states();
    List<Integer> differentiable = IntStream.range(0, 2 + states).boxed().toList();
    adjoint.give(
        differentiable,
        () -> {
          List<Value> operands = new ArrayList<>();
          for (int i = 0; i < adjoint.inputs(); i++) {
            operands.add(adjoint.input(i));
          }
          operands.add(adjoint.output(0));
          operands.add(adjoint.output(1 + states));
          for (int i = 0; i <= states; i++) {
            operands.add(adjoint.upstream(i));
          }
          return adjoint.emit(new Grad(this), operands.toArray(Value[]::new));
        });
  }

  /**
   * The gradient of a recurrent stack: backpropagation through time (Werbos 1990).
   *
   * <p>Inputs: those of the forward pass, its {@code y} and {@code reserve}, then the gradients
   * {@code dy}, {@code dhN} and, for an LSTM, {@code dcN}. Outputs: {@code dx}, {@code dweights},
   * {@code dh0} and, for an LSTM, {@code dc0}.
   *
   * @param forward the operation differentiated
   */
  public record Grad(Recurrent forward) implements OpSpec {

    /** Returns the position of the forward result {@code y} among the inputs. */
    public int outputIndex() {
      return forward.inputCount();
    }

    /** Returns the position of the reserve among the inputs. */
    public int reserveIndex() {
      return forward.inputCount() + 1;
    }

    /** Returns the position of {@code dy} among the inputs; {@code dhN} and {@code dcN} follow. */
    public int upstreamIndex() {
      return forward.inputCount() + 2;
    }

    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      int states = forward.states();
      int expected = forward.inputCount() + 3 + states;
      if (inputs.size() != expected) {
        throw new ShapeException(
            "%s takes %d inputs, but got %d: %s"
                .formatted(opName(), expected, inputs.size(), inputs));
      }
      List<TensorType> outputs = forward.infer(inputs.subList(0, forward.inputCount()));
      List<TensorType> given = new ArrayList<>(List.of(outputs.get(0), outputs.getLast()));
      given.addAll(outputs.subList(0, 1 + states));
      for (int i = 0; i < given.size(); i++) {
        TensorType actual = inputs.get(forward.inputCount() + i);
        if (!actual.sameElements(given.get(i))) {
          throw new ShapeException(
              "%s: input %d must be %s, not %s for %s"
                  .formatted(opName(), forward.inputCount() + i, given.get(i), actual, this));
        }
      }
      return inputs.subList(0, 2 + states).stream()
          .map(type -> TensorType.of(type.dtype(), type.shape()))
          .toList();
    }

    @Override
    public void gradient(Adjoint adjoint) {
      throw SecondDerivativeException.of(this);
    }
  }
}
