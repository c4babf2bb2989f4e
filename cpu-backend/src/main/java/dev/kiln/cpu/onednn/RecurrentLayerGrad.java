package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.op.Recurrent;
import dev.kiln.op.RecurrentWeights.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The gradient of one layer of a recurrent stack. */
final class RecurrentLayerGrad {

  /**
   * What the layer works on.
   *
   * @param spec the operation
   * @param inputs the operation's inputs
   * @param outputs the operation's outputs
   * @param input the layer's input [T, N, features]
   * @param outputGrad the gradient of its states [T, N, directions * hidden]
   * @param inputGrad receives the gradient of its input [T, N, features]
   * @param workspace for the layer
   * @param scratch for the primitives
   */
  record Operands(
      Recurrent.Grad spec,
      List<Buffer> inputs,
      List<Buffer> outputs,
      Buffer input,
      Buffer outputGrad,
      Buffer inputGrad,
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
  private final int layer;
  private final Workspace workspace = new Workspace();
  private final boolean apart;
  private final PackedProduct recurrent;
  private final PrimitiveOp input;
  private final PrimitiveOp inputAdding;
  private final PrimitiveOp inputWeights;
  private final PrimitiveOp firstRecurrentWeights;
  private final List<PrimitiveOp> laterRecurrentWeights;
  private final PrimitiveOp bias;
  private final Workspace.Part packed;
  private final Workspace.Part gatesGrad;
  private final Workspace.Part recurrentGrad;
  private final Workspace.Part stateGrad;
  private final Workspace.Part memoryGrad;

  RecurrentLayerGrad(OpContext context, RecurrentShape shape, int layer) {
    NativeScope scope = context.scope();
    int features = shape.features(layer);
    int hidden = shape.hidden();
    long later = (long) shape.rows() - shape.batch();
    this.shape = shape;
    this.layer = layer;
    this.apart = CellFunction.of(shape.spec().cell()).separatesRecurrent();
    this.recurrent = RecurrentProducts.recurrentGrad(context, shape);
    this.input = RecurrentProducts.inputGrad(context, shape, features, context.plainAttributes());
    this.inputAdding =
        RecurrentProducts.inputGrad(context, shape, features, Attributes.adding(scope));
    this.inputWeights =
        RecurrentProducts.weightGrad(
            context, shape, shape.rows(), features, features, context.plainAttributes());
    this.firstRecurrentWeights =
        RecurrentProducts.weightGrad(
            context, shape, shape.batch(), hidden, hidden, context.plainAttributes());
    this.laterRecurrentWeights =
        later == 0
            ? List.of()
            : List.of(
                RecurrentProducts.weightGrad(
                    context, shape, later, hidden, shape.outputWidth(), Attributes.adding(scope)));
    this.bias = OneDnnReduce.sumOfRows(context, shape.rows(), shape.gateWidth());
    this.packed = workspace.add(recurrent.packedBytes());
    this.gatesGrad = workspace.addFloats((long) shape.rows() * shape.gateWidth());
    this.recurrentGrad =
        apart ? workspace.addFloats((long) shape.rows() * shape.gateWidth()) : gatesGrad;
    this.stateGrad = workspace.addFloats((long) shape.batch() * hidden);
    this.memoryGrad = workspace.addFloats((long) shape.batch() * hidden);
  }

  /** Returns the memory for what passes between its primitives; layers may share it. */
  long workspaceBytes() {
    return workspace.bytes();
  }

  /** Returns the scratch memory that its primitives need. */
  long scratchBytes() {
    long products =
        Stream.concat(
                Stream.of(input, inputAdding, inputWeights, firstRecurrentWeights, bias),
                laterRecurrentWeights.stream())
            .mapToLong(PrimitiveOp::workspaceBytes)
            .max()
            .orElse(0);
    return Math.max(products, recurrent.scratchBytes());
  }

  /** Returns what multiplies, for plans. */
  String describe() {
    return recurrent.describe();
  }

  /** Returns what computes the gradients of one direction. */
  List<Kernel> bind(int direction, Operands operands, CellLoop loop) {
    List<Kernel> kernels = new ArrayList<>(stepsBack(direction, operands, loop));
    kernels.addAll(parameters(direction, operands));
    return kernels;
  }

  private List<Kernel> stepsBack(int direction, Operands operands, CellLoop loop) {
    Buffer memory = operands.workspace;
    Buffer dh = stateGrad.in(memory);
    Buffer dc = memoryGrad.in(memory);
    boolean memorizes = shape.spec().cell().hasMemory();
    List<Kernel> kernels = new ArrayList<>();
    kernels.add(
        recurrent.pack(
            shape.weight(operands.inputs.get(1), layer, direction, Kind.WEIGHT_HH),
            packed.in(memory),
            operands.scratch));
    kernels.add(OneDnnRecurrent.copy(shape.state(operands.lastGrad(0), layer, direction), dh));
    if (memorizes) {
      kernels.add(OneDnnRecurrent.copy(shape.state(operands.lastGrad(1), layer, direction), dc));
    }
    for (int turn = shape.steps() - 1; turn >= 0; turn--) {
      int step = shape.step(direction, turn);
      Buffer dRecurrent = shape.atStep(recurrentGrad.in(memory), step, shape.gateWidth());
      kernels.add(loop.backward(cell(direction, turn, operands, dh, dc)));
      kernels.add(recurrent.multiply(dRecurrent, packed.in(memory), dh, dh, operands.scratch));
    }
    kernels.add(OneDnnRecurrent.copy(dh, shape.state(operands.outputs.get(2), layer, direction)));
    if (memorizes) {
      kernels.add(OneDnnRecurrent.copy(dc, shape.state(operands.outputs.get(3), layer, direction)));
    }
    return kernels;
  }

  private CellLoop.Backward cell(int direction, int turn, Operands operands, Buffer dh, Buffer dc) {
    int step = shape.step(direction, turn);
    int hidden = shape.hidden();
    int width = shape.outputWidth();
    int column = direction * hidden;
    Buffer gates = shape.gates(operands.reserve(), layer, direction);
    Buffer extra = shape.extra(operands.reserve(), layer, direction);
    Buffer states = shape.states(operands.reserve(), layer);
    int before = turn == 0 ? step : shape.step(direction, turn - 1);
    RowBlock previousState =
        turn == 0
            ? RowBlock.of(shape.state(operands.inputs.get(2), layer, direction), hidden)
            : RowBlock.of(shape.atStep(states, before, width), width, column);
    Buffer previousExtra =
        turn == 0 && shape.spec().cell().hasMemory()
            ? shape.state(operands.inputs.get(3), layer, direction)
            : shape.atStep(extra, before, hidden);
    return new CellLoop.Backward(
        RowBlock.of(shape.atStep(gates, step, shape.gateWidth()), shape.gateWidth()),
        previousState,
        RowBlock.of(previousExtra, hidden),
        RowBlock.of(shape.atStep(extra, step, hidden), hidden),
        RowBlock.of(shape.atStep(states, step, width), width, column),
        RowBlock.of(shape.atStep(operands.outputGrad, step, width), width, column),
        RowBlock.of(dh, hidden),
        RowBlock.of(dc, hidden),
        RowBlock.of(
            shape.atStep(gatesGrad.in(operands.workspace), step, shape.gateWidth()),
            shape.gateWidth()),
        RowBlock.of(
            shape.atStep(recurrentGrad.in(operands.workspace), step, shape.gateWidth()),
            shape.gateWidth()));
  }

  /** The products of all steps at once. */
  private List<Kernel> parameters(int direction, Operands operands) {
    Buffer work = operands.scratch;
    Buffer dGates = gatesGrad.in(operands.workspace);
    Buffer dRecurrent = recurrentGrad.in(operands.workspace);
    Buffer weights = operands.inputs.get(1);
    Buffer dWeights = operands.outputs.get(1);
    Buffer dBias = shape.weight(dWeights, layer, direction, Kind.BIAS_IH);
    Buffer dRecurrentBias = shape.weight(dWeights, layer, direction, Kind.BIAS_HH);
    Buffer dRecurrentWeight = shape.weight(dWeights, layer, direction, Kind.WEIGHT_HH);
    List<Kernel> kernels = new ArrayList<>();
    // Both directions read the same input, so the second adds its gradient to the first's.
    kernels.add(
        (direction == 0 ? input : inputAdding)
            .bind(
                List.of(dGates, shape.weight(weights, layer, direction, Kind.WEIGHT_IH)),
                List.of(operands.inputGrad),
                work));
    kernels.add(
        inputWeights.bind(
            List.of(dGates, operands.input),
            List.of(shape.weight(dWeights, layer, direction, Kind.WEIGHT_IH)),
            work));
    kernels.add(
        firstRecurrentWeights.bind(
            List.of(
                shape.atStep(dRecurrent, shape.step(direction, 0), shape.gateWidth()),
                shape.state(operands.inputs.get(2), layer, direction)),
            List.of(dRecurrentWeight),
            work));
    // The later turns' states are those before them: one step up for one direction, down for the
    // other.
    int gradStep = direction == 0 ? 1 : 0;
    int stateStep = direction == 0 ? 0 : 1;
    long column = (long) direction * shape.hidden();
    for (PrimitiveOp later : laterRecurrentWeights) {
      Buffer states = shape.states(operands.reserve(), layer);
      kernels.add(
          later.bind(
              List.of(
                  RecurrentShape.from(
                      dRecurrent, (long) gradStep * shape.batch() * shape.gateWidth()),
                  RecurrentShape.from(
                      states, (long) stateStep * shape.batch() * shape.outputWidth() + column)),
              List.of(dRecurrentWeight),
              work));
    }
    kernels.add(bias.bind(List.of(dGates), List.of(dBias), work));
    kernels.add(
        apart
            ? bias.bind(List.of(dRecurrent), List.of(dRecurrentBias), work)
            : OneDnnRecurrent.copy(dBias, dRecurrentBias));
    return kernels;
  }
}
