package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.cpu.memory.HostBuffer;
import dev.kiln.op.Recurrent;
import dev.kiln.op.RecurrentWeights.Kind;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The gradient of one layer of a recurrent stack. */
final class RecurrentLayerGrad {

  /**
   * What the layer works on.
   *
   * @param spec the operation
   * @param inputs the operation's inputs
   * @param outputs the operation's outputs but the gradient of its input
   * @param input the layer's input [N, T, features]
   * @param outputGrad the gradient of its states [N, T, directions * hidden]
   * @param inputGrad receives the gradient of its input [N, T, features], if that is wanted
   * @param workspace for the layer
   * @param scratch for the primitives
   */
  record Operands(
      Recurrent.Grad spec,
      List<Buffer> inputs,
      List<Buffer> outputs,
      Buffer input,
      Buffer outputGrad,
      Optional<Buffer> inputGrad,
      Buffer workspace,
      Buffer scratch) {

    Buffer reserve() {
      return inputs.get(spec.reserveIndex());
    }

    /** The gradient of {@code hN} (0) or {@code cN} (1). */
    Buffer lastGrad(int state) {
      return inputs.get(spec.upstreamIndex() + 1 + state);
    }
  }

  private final RecurrentShape shape;
  private final SequenceMoves moves;
  private final int layer;
  private final Workspace workspace = new Workspace();
  private final boolean apart;
  private final TurnProduct recurrent;
  private final TurnsProduct input;
  private final TurnsProduct inputWeights;
  private final TurnsProduct recurrentWeights;
  private final OpenMpTeam team;
  private final List<Workspace.Part> turnScratch = new ArrayList<>();
  private final Workspace.Part packed;
  private final Workspace.Part turns;
  private final Workspace.Part outputGrad;
  private final Workspace.Part previousStates;
  private final Workspace.Part gatesGrad;
  private final Workspace.Part recurrentGrad;
  private final Workspace.Part lastGrad;
  private final Workspace.Part stateGrad;
  private final Workspace.Part memoryGrad;
  private final Workspace.Part firstMemory;

  RecurrentLayerGrad(
      OpContext context,
      RecurrentShape shape,
      SequenceOrder order,
      SequenceMoves moves,
      int layer) {
    int features = shape.features(layer);
    int hidden = shape.hidden();
    boolean ragged = shape.spec().ragged();
    this.team = context.team();
    this.shape = shape;
    this.moves = moves;
    this.layer = layer;
    this.apart = CellFunction.of(shape.spec().cell()).separatesRecurrent();
    this.recurrent =
        new TurnProduct(
            order,
            ragged,
            (rows, form) -> RecurrentProducts.recurrentGrad(context, shape, rows, form));
    this.input =
        new TurnsProduct(
            order, ragged, count -> RecurrentProducts.inputGrad(context, shape, features, count));
    this.inputWeights =
        new TurnsProduct(
            order, ragged, count -> RecurrentProducts.weightGrad(context, shape, features, count));
    this.recurrentWeights =
        new TurnsProduct(
            order, ragged, count -> RecurrentProducts.weightGrad(context, shape, hidden, count));
    long rows = shape.rows();
    long state = (long) shape.batch() * hidden;
    this.packed = workspace.add(recurrent.packedBytes());
    for (int thread = 0; thread < order.threads(); thread++) {
      turnScratch.add(workspace.add(recurrent.scratchBytes()));
    }
    this.turns = workspace.addFloats(rows * features);
    this.outputGrad = workspace.addFloats(rows * hidden);
    this.previousStates = workspace.addFloats(rows * hidden);
    this.gatesGrad = workspace.addFloats(rows * shape.gateWidth());
    this.recurrentGrad = apart ? workspace.addFloats(rows * shape.gateWidth()) : gatesGrad;
    this.lastGrad = workspace.addFloats(state);
    this.stateGrad = workspace.addFloats(state);
    this.memoryGrad = workspace.addFloats(state);
    this.firstMemory = workspace.addFloats(state);
  }

  /** Returns the memory for what passes between its primitives; layers may share it. */
  long workspaceBytes() {
    return workspace.bytes();
  }

  /** Returns the scratch memory that its primitives need. */
  long scratchBytes() {
    long products =
        Stream.of(input, inputWeights, recurrentWeights)
            .mapToLong(TurnsProduct::scratchBytes)
            .max()
            .orElse(0);
    return products;
  }

  /** Returns what multiplies, for plans. */
  String describe() {
    return recurrent.describe();
  }

  /** Returns what computes the gradients of one direction. */
  List<Kernel> bind(int direction, Operands operands, CellLoop loop) {
    List<Kernel> kernels = new ArrayList<>(operandsInTurns(direction, operands));
    kernels.addAll(turnsBack(direction, operands, loop));
    kernels.addAll(parameters(direction, operands, loop));
    operands.inputGrad.ifPresent(
        gradient -> kernels.addAll(inputGrad(direction, operands, gradient)));
    return kernels;
  }

  /** Brings everything that is read into the order of the computation. */
  private List<Kernel> operandsInTurns(int direction, Operands operands) {
    Buffer space = operands.workspace;
    int hidden = shape.hidden();
    int features = shape.features(layer);
    Buffer previous = previousStates.in(space);
    Buffer states = shape.states(operands.reserve(), layer, direction);
    List<Kernel> kernels = new ArrayList<>();
    kernels.add(
        moves.toTurns(
            RowBlock.of(operands.input, features),
            RowBlock.of(turns.in(space), features),
            direction));
    kernels.add(
        moves.toTurns(
            RowBlock.of(operands.outputGrad, shape.outputWidth(), direction * hidden, hidden),
            RowBlock.of(outputGrad.in(space), hidden),
            direction));
    kernels.add(toRows(operands.inputs.get(2), direction, shape.atTurn(previous, 0, hidden)));
    kernels.add(copy(shape.beforeLast(states, hidden), shape.afterFirst(previous, hidden)));
    kernels.add(toRows(operands.lastGrad(0), direction, lastGrad.in(space)));
    if (shape.spec().cell().hasMemory()) {
      kernels.add(toRows(operands.inputs.get(3), direction, firstMemory.in(space)));
      kernels.add(toRows(operands.lastGrad(1), direction, memoryGrad.in(space)));
    }
    return kernels;
  }

  private Kernel toRows(Buffer states, int direction, Buffer rows) {
    return moves.toRows(ofStates(states, direction), RowBlock.of(rows, shape.hidden()));
  }

  private RowBlock ofStates(Buffer states, int direction) {
    return RowBlock.of(shape.state(states, layer, direction), shape.hidden());
  }

  private List<Kernel> turnsBack(int direction, Operands operands, CellLoop loop) {
    Buffer space = operands.workspace;
    int hidden = shape.hidden();
    int width = shape.gateWidth();
    Buffer dh = stateGrad.in(space);
    List<Kernel> kernels = new ArrayList<>();
    kernels.add(loop.clearSums());
    kernels.add(
        recurrent.pack(
            shape.weight(operands.inputs.get(1), layer, direction, Kind.WEIGHT_HH),
            packed.in(space),
            turnScratch.getFirst().in(space)));
    List<Buffer> work = turnScratch.stream().map(part -> part.in(space)).toList();
    List<RowWork> works = new ArrayList<>();
    for (int turn = shape.steps() - 1; turn >= 0; turn--) {
      Buffer dRecurrent = shape.atTurn(recurrentGrad.in(space), turn, width);
      works.add(
          moves.copyEnding(RowBlock.of(lastGrad.in(space), hidden), RowBlock.of(dh, hidden), turn));
      works.add(loop.backward(turn, cell(direction, turn, operands)));
      works.add(
          recurrent.multiply(
              turn,
              new TurnProduct.Rows(dRecurrent, width),
              packed.in(space),
              dh,
              new TurnProduct.Rows(dh, hidden),
              work));
    }
    kernels.add(RowWork.onAllThreads(team, works));
    if (shape.spec().ragged()) {
      kernels.add(moves.clearIdle(RowBlock.of(gatesGrad.in(space), width)));
      if (apart) {
        kernels.add(moves.clearIdle(RowBlock.of(recurrentGrad.in(space), width)));
      }
    }
    kernels.add(
        moves.toStates(RowBlock.of(dh, hidden), ofStates(operands.outputs.get(1), direction)));
    if (shape.spec().cell().hasMemory()) {
      kernels.add(
          moves.toStates(
              RowBlock.of(memoryGrad.in(space), hidden),
              ofStates(operands.outputs.get(2), direction)));
    }
    return kernels;
  }

  private CellLoop.Backward cell(int direction, int turn, Operands operands) {
    Buffer space = operands.workspace;
    int hidden = shape.hidden();
    int width = shape.gateWidth();
    Buffer extra = shape.extra(operands.reserve(), layer, direction);
    Buffer gates = shape.gates(operands.reserve(), layer, direction);
    Buffer states = shape.states(operands.reserve(), layer, direction);
    return new CellLoop.Backward(
        RowBlock.of(shape.atTurn(gates, turn, width), width),
        RowBlock.of(shape.atTurn(previousStates.in(space), turn, hidden), hidden),
        RowBlock.of(
            turn == 0 ? firstMemory.in(space) : shape.atTurn(extra, turn - 1, hidden), hidden),
        RowBlock.of(shape.atTurn(extra, turn, hidden), hidden),
        RowBlock.of(shape.atTurn(states, turn, hidden), hidden),
        RowBlock.of(shape.atTurn(outputGrad.in(space), turn, hidden), hidden),
        RowBlock.of(stateGrad.in(space), hidden),
        RowBlock.of(memoryGrad.in(space), hidden),
        RowBlock.of(shape.atTurn(gatesGrad.in(space), turn, width), width),
        RowBlock.of(shape.atTurn(recurrentGrad.in(space), turn, width), width));
  }

  /** The gradients of the weights: products of all turns at once. */
  private List<Kernel> parameters(int direction, Operands operands, CellLoop loop) {
    Buffer space = operands.workspace;
    Buffer work = operands.scratch;
    Buffer dGates = gatesGrad.in(space);
    Buffer dRecurrent = recurrentGrad.in(space);
    Buffer dWeights = operands.outputs.get(0);
    return List.of(
        inputWeights.bind(
            List.of(dGates, turns.in(space)),
            List.of(shape.weight(dWeights, layer, direction, Kind.WEIGHT_IH)),
            work),
        recurrentWeights.bind(
            List.of(dRecurrent, previousStates.in(space)),
            List.of(shape.weight(dWeights, layer, direction, Kind.WEIGHT_HH)),
            work),
        loop.biasGrads(
            shape.weight(dWeights, layer, direction, Kind.BIAS_IH),
            shape.weight(dWeights, layer, direction, Kind.BIAS_HH)));
  }

  /** The gradient of the layer's input, which both directions read. */
  private List<Kernel> inputGrad(int direction, Operands operands, Buffer gradient) {
    Buffer space = operands.workspace;
    int features = shape.features(layer);
    Buffer inTurns = turns.in(space); // the input itself is no longer needed
    RowBlock from = RowBlock.of(inTurns, features);
    RowBlock to = RowBlock.of(gradient, features);
    return List.of(
        input.bind(
            List.of(
                gatesGrad.in(space),
                shape.weight(operands.inputs.get(1), layer, direction, Kind.WEIGHT_IH)),
            List.of(inTurns),
            operands.scratch),
        direction == 0
            ? moves.toSequences(from, to, direction)
            : moves.addToSequences(from, to, direction));
  }

  /** Returns what copies one range of memory to another. */
  private static Kernel copy(Buffer from, Buffer to) {
    MemorySegment source = HostBuffer.of(from).segment();
    MemorySegment destination = HostBuffer.of(to).segment();
    return () -> destination.copyFrom(source);
  }
}
