package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.Recurrent;
import dev.kiln.op.RecurrentWeights.Kind;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * A recurrent stack: for every layer and direction the input's product for all turns at once, then
 * turn by turn the recurrent product, with weights packed once, and the cell's function on all
 * threads. Sequences that have ended are left out, see {@link SequenceOrder}.
 */
final class OneDnnRecurrent implements Op {

  private final OpContext context;
  private final RecurrentShape shape;
  private final SequenceOrder order;
  private final SequenceMoves moves;
  private final LayerInputs layerInputs;
  private final Workspace workspace = new Workspace();
  private final List<TurnsProduct> inputProducts = new ArrayList<>();
  private final TurnProduct recurrentProduct;
  private final Workspace.Part scratch;
  private final List<Workspace.Part> turnScratch = new ArrayList<>();
  private final Workspace.Part layerInput;
  private final Workspace.Part turns;
  private final Workspace.Part packed;
  private final Workspace.Part first;
  private final Workspace.Part memory;
  private final Workspace.Part recurrent;

  /** Compiles {@code x, weights, h0, c0?, lengths?, counter? -> y, hN, cN?, reserve}. */
  OneDnnRecurrent(OpContext context, Recurrent spec, TensorType x) {
    this.context = context;
    this.shape = RecurrentShape.of(spec, x.shape());
    this.order = new SequenceOrder(shape.batch(), shape.steps(), OpenMpTeam.size());
    this.moves = new SequenceMoves(context.team(), order);
    this.layerInputs = new LayerInputs(context, shape, moves);
    for (int layer = 0; layer < spec.layers(); layer++) {
      int features = shape.features(layer);
      inputProducts.add(
          new TurnsProduct(
              order,
              spec.ragged(),
              count -> RecurrentProducts.input(context, shape, features, count)));
    }
    this.recurrentProduct =
        new TurnProduct(
            order,
            spec.ragged(),
            (rows, form) -> RecurrentProducts.recurrent(context, shape, rows, form));
    long scratchBytes =
        inputProducts.stream().mapToLong(TurnsProduct::scratchBytes).max().orElse(0);
    long state = (long) shape.batch() * shape.hidden();
    this.scratch = workspace.add(scratchBytes);
    for (int thread = 0; thread < order.threads(); thread++) {
      turnScratch.add(workspace.add(recurrentProduct.scratchBytes()));
    }
    this.layerInput = workspace.addFloats(spec.layers() > 1 ? layerInputs.floats() : 0);
    this.turns = workspace.addFloats((long) shape.rows() * shape.widestInput());
    this.packed = workspace.add(recurrentProduct.packedBytes());
    this.first = workspace.addFloats(state);
    this.memory = workspace.addFloats(state);
    this.recurrent = workspace.addFloats((long) shape.batch() * shape.gateWidth());
  }

  @Override
  public long workspaceBytes() {
    return workspace.bytes();
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer space) {
    List<Kernel> kernels = new ArrayList<>();
    Recurrent spec = shape.spec();
    if (spec.ragged()) {
      kernels.add(order.reading(inputs.get(spec.lengthsIndex())));
    }
    Buffer reserve = outputs.getLast();
    CellLoop loop = new CellLoop(spec, order);
    for (int layer = 0; layer < spec.layers(); layer++) {
      Buffer input = layer == 0 ? inputs.get(0) : layerInput.in(space);
      for (int direction = 0; direction < shape.directions(); direction++) {
        kernels.addAll(layer(layer, direction, input, inputs, outputs, space, loop));
      }
      boolean last = layer == spec.layers() - 1;
      Buffer output = last ? outputs.get(0) : layerInput.in(space);
      kernels.addAll(layerInputs.output(layer, reserve, output));
      if (!last) {
        kernels.addAll(layerInputs.drop(layer, output, inputs));
      }
    }
    if (spec.ragged()) {
      kernels.add(moves.markInvalid(RowBlock.of(outputs.get(0), shape.outputWidth())));
    }
    return KernelSequence.of(kernels);
  }

  private List<Kernel> layer(
      int layer,
      int direction,
      Buffer input,
      List<Buffer> inputs,
      List<Buffer> outputs,
      Buffer space,
      CellLoop loop) {
    List<Kernel> kernels = new ArrayList<>();
    int hidden = shape.hidden();
    int features = shape.features(layer);
    Buffer weights = inputs.get(1);
    Buffer x = turns.in(space);
    Buffer gates = shape.gates(outputs.getLast(), layer, direction);
    Buffer extra = shape.extra(outputs.getLast(), layer, direction);
    Buffer states = shape.states(outputs.getLast(), layer, direction);
    kernels.add(moves.toTurns(RowBlock.of(input, features), RowBlock.of(x, features), direction));
    kernels.add(
        inputProducts
            .get(layer)
            .bind(
                List.of(
                    x,
                    shape.weight(weights, layer, direction, Kind.WEIGHT_IH),
                    shape.weight(weights, layer, direction, Kind.BIAS_IH)),
                List.of(gates),
                scratch.in(space)));
    kernels.add(
        recurrentProduct.pack(
            shape.weight(weights, layer, direction, Kind.WEIGHT_HH),
            packed.in(space),
            turnScratch.getFirst().in(space)));
    kernels.add(toRows(inputs.get(2), layer, direction, first.in(space)));
    if (shape.spec().cell().hasMemory()) {
      kernels.add(toRows(inputs.get(3), layer, direction, memory.in(space)));
    }
    kernels.add(turns(layer, direction, inputs, outputs, space, loop));
    if (shape.spec().ragged()) {
      kernels.add(moves.clearIdle(RowBlock.of(states, hidden)));
    }
    kernels.add(
        moves.lastToStates(
            RowBlock.of(states, hidden),
            RowBlock.of(shape.state(outputs.get(1), layer, direction), hidden)));
    if (shape.spec().cell().hasMemory()) {
      kernels.add(
          moves.lastToStates(
              RowBlock.of(extra, hidden),
              RowBlock.of(shape.state(outputs.get(2), layer, direction), hidden)));
    }
    return kernels;
  }

  private Kernel toRows(Buffer states, int layer, int direction, Buffer rows) {
    return moves.toRows(
        RowBlock.of(shape.state(states, layer, direction), shape.hidden()),
        RowBlock.of(rows, shape.hidden()));
  }

  private Kernel turns(
      int layer,
      int direction,
      List<Buffer> inputs,
      List<Buffer> outputs,
      Buffer space,
      CellLoop loop) {
    List<RowWork> works = new ArrayList<>();
    int hidden = shape.hidden();
    int width = shape.gateWidth();
    Buffer reserve = outputs.getLast();
    Buffer gates = shape.gates(reserve, layer, direction);
    Buffer extra = shape.extra(reserve, layer, direction);
    Buffer states = shape.states(reserve, layer, direction);
    Buffer bias = shape.weight(inputs.get(1), layer, direction, Kind.BIAS_HH);
    Buffer previousState = first.in(space);
    boolean apart = CellFunction.of(shape.spec().cell()).separatesRecurrent();
    Buffer previousExtra = memory.in(space);
    List<Buffer> work = turnScratch.stream().map(part -> part.in(space)).toList();
    for (int turn = 0; turn < shape.steps(); turn++) {
      Buffer turnGates = shape.atTurn(gates, turn, width);
      Buffer turnExtra = shape.atTurn(extra, turn, hidden);
      Buffer state = shape.atTurn(states, turn, hidden);
      Buffer product = apart ? recurrent.in(space) : turnGates;
      works.add(
          recurrentProduct.multiply(
              turn,
              new TurnProduct.Rows(previousState, hidden),
              packed.in(space),
              bias,
              new TurnProduct.Rows(product, width),
              work));
      works.add(
          loop.forward(
              turn,
              new CellLoop.Forward(
                  RowBlock.of(turnGates, width),
                  RowBlock.of(product, width),
                  RowBlock.of(previousState, hidden),
                  RowBlock.of(previousExtra, hidden),
                  RowBlock.of(turnExtra, hidden),
                  RowBlock.of(state, hidden))));
      previousState = state;
      previousExtra = turnExtra;
    }
    return RowWork.onAllThreads(context.team(), works);
  }

  @Override
  public String describe() {
    return "OneDnnRecurrent " + recurrentProduct.describe();
  }

  @Override
  public void close() {
    context.scope().close();
  }
}
