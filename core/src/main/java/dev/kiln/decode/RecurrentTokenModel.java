package dev.kiln.decode;

import dev.kiln.backend.Backend;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.nn.Mode;
import dev.kiln.nn.Network;
import dev.kiln.nn.Recurrent;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A trained recurrent network as a model of tokens: one step of it, planned for a number of
 * sequences side by side and run again and again. It owns its session; the parameters stay those of
 * the training.
 */
public final class RecurrentTokenModel
    implements TokenModel<RecurrentTokenModel.State>, AutoCloseable {

  /**
   * What the network remembers of one sequence.
   *
   * @param memory the state of every layer, [layers, hidden], and of an LSTM also the memory,
   *     likewise
   * @param context what stays the same for all steps of this sequence, each [...]
   */
  public record State(List<Tensor> memory, List<Tensor> context) {

    /** Copies the lists. */
    public State {
      memory = List.copyOf(memory);
      context = List.copyOf(context);
    }
  }

  private final TensorType memoryType;
  private final int rows;
  private final Value tokenInput;
  private final List<Value> memoryInputs = new ArrayList<>();
  private final List<Value> contextInputs = new ArrayList<>();
  private final List<Value> nextMemory;
  private final Value logProbabilities;
  private final Session session;

  /**
   * Plans a step.
   *
   * @param backend what computes; stays open when the model is closed
   * @param network the network whose step it is
   * @param variables its trained parameters, which must outlive the model
   * @param step the step
   * @param rows how many sequences go through together, at least 1; more are taken in turns
   */
  public RecurrentTokenModel(
      Backend backend, Network network, Variables variables, RecurrentStep step, int rows) {
    if (rows < 1) {
      throw new IllegalArgumentException("a step needs at least 1 sequence, not " + rows);
    }
    this.rows = rows;
    Recurrent stack = step.stack();
    this.memoryType = TensorType.of(network.dtype(), stack.layers(), stack.hidden());
    GraphBuilder graph = new GraphBuilder();
    this.tokenInput = graph.input("tokens", TensorType.of(DType.I64, rows, 1));
    Shape states = Shape.of(stack.layers(), rows, stack.hidden());
    for (int i = 0; i < (stack.cell().hasMemory() ? 2 : 1); i++) {
      memoryInputs.add(graph.input("memory" + i, memoryType.withShape(states)));
    }
    for (TensorType one : step.context()) {
      contextInputs.add(graph.input("context" + contextInputs.size(), one.stacked(rows)));
    }
    Value counter = graph.input("counter", TensorType.of(DType.I64, 2));
    RecurrentStep.Result result =
        network.applyPart(
            graph,
            counter,
            Mode.INFERENCE,
            scope -> step.writer().apply(scope, tokenInput, before(), contextInputs));
    int tokens = result.logits().shape().dim(-1);
    this.logProbabilities =
        graph.ops().logSoftmax(graph.ops().reshape(result.logits(), rows, tokens), 1);
    this.nextMemory =
        Stream.concat(Stream.of(result.state().h()), result.state().c().stream()).toList();
    List<Value> outputs = new ArrayList<>(nextMemory);
    outputs.add(logProbabilities);
    this.session = Session.open(backend, graph.build(outputs), variables);
  }

  private Recurrent.State before() {
    return new Recurrent.State(
        memoryInputs.getFirst(),
        memoryInputs.size() == 2 ? Optional.of(memoryInputs.get(1)) : Optional.empty());
  }

  @Override
  public int tokens() {
    return logProbabilities.shape().dim(1);
  }

  /** Returns the state of zeros from which a network without context starts. */
  public State zeros() {
    return new State(
        memoryInputs.stream().map(input -> Tensor.allocate(memoryType)).toList(), List.of());
  }

  @Override
  public List<Reading<State>> read(List<State> states, int[] tokens) {
    List<Reading<State>> readings = new ArrayList<>();
    for (int from = 0; from < tokens.length; from += rows) {
      int to = Math.min(from + rows, tokens.length);
      feed(states.subList(from, to), tokens, from);
      session.run();
      readings.addAll(results(states.subList(from, to)));
    }
    return readings;
  }

  private void feed(List<State> states, int[] tokens, int from) {
    Tensor read = Tensor.allocate(tokenInput.type());
    for (int row = 0; row < states.size(); row++) {
      read.set(row, tokens[from + row]);
    }
    session.feed(tokenInput, read);
    feed(memoryInputs, 1, states.stream().map(State::memory).toList());
    feed(contextInputs, 0, states.stream().map(State::context).toList());
  }

  /** Feeds the tensors of several sequences: of each sequence one tensor for every input. */
  private void feed(List<Value> inputs, int axis, List<List<Tensor>> sequences) {
    for (int i = 0; i < inputs.size(); i++) {
      int which = i;
      List<Tensor> parts = sequences.stream().map(tensors -> tensors.get(which)).toList();
      session.feed(inputs.get(i), Rows.joined(inputs.get(i).type(), axis, parts));
    }
  }

  private List<Reading<State>> results(List<State> before) {
    float[] all = session.read(logProbabilities).toFloatArray();
    List<List<Tensor>> memory =
        nextMemory.stream()
            .map(value -> Rows.apart(session.read(value), 1, before.size()))
            .toList();
    return IntStream.range(0, before.size())
        .mapToObj(row ->
            new Reading<>(
                new State(
                    memory.stream().map(parts -> parts.get(row)).toList(), before.get(row).context),
                Arrays.copyOfRange(all, row * tokens(), (row + 1) * tokens())))
        .toList();
  }

  /** Frees the plan and its memory; the parameters stay. */
  @Override
  public void close() {
    session.close();
  }
}
