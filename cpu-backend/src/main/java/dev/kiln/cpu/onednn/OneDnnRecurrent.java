package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.cpu.memory.HostBuffer;
import dev.kiln.op.Recurrent;
import dev.kiln.op.RecurrentWeights.Kind;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A recurrent stack: for every layer the input's product for all steps at once, then step by step
 * the recurrent product, with weights packed once, and the cell's function on all threads.
 */
final class OneDnnRecurrent implements Op {

  private final OpContext context;
  private final RecurrentShape shape;
  private final Workspace workspace = new Workspace();
  private final PrimitiveOp stepsFirst;
  private final PrimitiveOp batchFirst;
  private final List<PrimitiveOp> inputProducts = new ArrayList<>();
  private final PackedProduct recurrentProduct;
  private final Workspace.Part scratch;
  private final Workspace.Part steps;
  private final Workspace.Part packed;
  private final Workspace.Part current;
  private final Workspace.Part recurrent;

  /** Compiles {@code x, weights, h0, c0? -> y, hN, cN?, reserve}. */
  OneDnnRecurrent(OpContext context, Recurrent spec, TensorType x) {
    this.context = context;
    this.shape = RecurrentShape.of(spec, x.shape());
    this.stepsFirst = RecurrentProducts.stepsFirst(context, shape, shape.features());
    this.batchFirst = RecurrentProducts.batchFirst(context, shape, shape.outputWidth());
    for (int layer = 0; layer < spec.layers(); layer++) {
      inputProducts.add(RecurrentProducts.input(context, shape, shape.features(layer)));
    }
    this.recurrentProduct = RecurrentProducts.recurrent(context, shape);
    long scratchBytes =
        Math.max(
            recurrentProduct.scratchBytes(),
            inputProducts.stream().mapToLong(PrimitiveOp::workspaceBytes).max().orElse(0));
    this.scratch = workspace.add(Math.max(scratchBytes, transposeBytes()));
    this.steps = workspace.addFloats((long) shape.rows() * shape.features());
    this.packed = workspace.add(recurrentProduct.packedBytes());
    this.current = workspace.addFloats((long) shape.batch() * shape.hidden());
    this.recurrent = workspace.addFloats((long) shape.batch() * shape.gateWidth());
  }

  private long transposeBytes() {
    return Math.max(stepsFirst.workspaceBytes(), batchFirst.workspaceBytes());
  }

  /** Returns whether a stack runs this way: sequences of one length, without dropout. */
  static boolean supports(Recurrent spec) {
    return !spec.ragged() && !spec.hasDropout();
  }

  @Override
  public long workspaceBytes() {
    return workspace.bytes();
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer memory) {
    List<Kernel> kernels = new ArrayList<>();
    Buffer reserve = outputs.getLast();
    Buffer work = scratch.in(memory);
    Buffer input = steps.in(memory);
    kernels.add(stepsFirst.bind(List.of(inputs.get(0)), List.of(input), work));
    CellLoop loop = new CellLoop(context.team(), shape.spec(), shape.batch());
    for (int layer = 0; layer < shape.spec().layers(); layer++) {
      for (int direction = 0; direction < shape.directions(); direction++) {
        kernels.addAll(layer(layer, direction, input, inputs, outputs, memory, loop));
      }
      input = shape.states(reserve, layer);
    }
    kernels.add(batchFirst.bind(List.of(input), List.of(outputs.get(0)), work));
    return KernelSequence.of(kernels);
  }

  private List<Kernel> layer(
      int layer,
      int direction,
      Buffer input,
      List<Buffer> inputs,
      List<Buffer> outputs,
      Buffer memory,
      CellLoop loop) {
    List<Kernel> kernels = new ArrayList<>();
    Buffer weights = inputs.get(1);
    Buffer work = scratch.in(memory);
    Buffer state = current.in(memory);
    Buffer gates = shape.gates(outputs.getLast(), layer, direction);
    Buffer extra = shape.extra(outputs.getLast(), layer, direction);
    Buffer states = shape.states(outputs.getLast(), layer);
    boolean apart = CellFunction.of(shape.spec().cell()).separatesRecurrent();
    boolean memorizes = shape.spec().cell().hasMemory();
    int column = direction * shape.hidden();
    kernels.add(
        inputProducts
            .get(layer)
            .bind(
                List.of(
                    input,
                    shape.weight(weights, layer, direction, Kind.WEIGHT_IH),
                    shape.weight(weights, layer, direction, Kind.BIAS_IH)),
                List.of(gates),
                work));
    kernels.add(
        recurrentProduct.pack(
            shape.weight(weights, layer, direction, Kind.WEIGHT_HH), packed.in(memory), work));
    kernels.add(copy(shape.state(inputs.get(2), layer, direction), state));
    Buffer bias = shape.weight(weights, layer, direction, Kind.BIAS_HH);
    Buffer previousExtra = memorizes ? shape.state(inputs.get(3), layer, direction) : extra;
    for (int turn = 0; turn < shape.steps(); turn++) {
      int step = shape.step(direction, turn);
      Buffer stepGates = shape.atStep(gates, step, shape.gateWidth());
      Buffer stepExtra = shape.atStep(extra, step, shape.hidden());
      Buffer product = apart ? recurrent.in(memory) : stepGates;
      kernels.add(recurrentProduct.multiply(state, packed.in(memory), bias, product, work));
      kernels.add(
          loop.forward(
              new CellLoop.Forward(
                  RowBlock.of(stepGates, shape.gateWidth()),
                  RowBlock.of(product, shape.gateWidth()),
                  RowBlock.of(state, shape.hidden()),
                  RowBlock.of(previousExtra, shape.hidden()),
                  RowBlock.of(stepExtra, shape.hidden()),
                  RowBlock.of(
                      shape.atStep(states, step, shape.outputWidth()),
                      shape.outputWidth(),
                      column))));
      previousExtra = stepExtra;
    }
    kernels.add(copy(state, shape.state(outputs.get(1), layer, direction)));
    if (memorizes) {
      kernels.add(copy(previousExtra, shape.state(outputs.get(2), layer, direction)));
    }
    return kernels;
  }

  /** Returns what copies one range of memory to another. */
  static Kernel copy(Buffer from, Buffer to) {
    MemorySegment source = HostBuffer.of(from).segment();
    MemorySegment destination = HostBuffer.of(to).segment();
    return () -> destination.copyFrom(source);
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
