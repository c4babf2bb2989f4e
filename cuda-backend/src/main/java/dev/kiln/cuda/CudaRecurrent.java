package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.MatMul;
import dev.kiln.op.Recurrent;
import dev.kiln.op.RecurrentWeights.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * {@link Recurrent}: for every layer and direction the input's product for all steps at once, then
 * turn by turn the state's product and one kernel for the cell, which looks up the lengths of the
 * sequences on the GPU. {@link RecurrentReserves} says which stacks run this way.
 */
final class CudaRecurrent implements Op {

  /** The file of the kernels. */
  static final String FILE = "recurrent";

  private static final MatMul TIMES_TRANSPOSED = new MatMul(false, true);

  private final OpContext context;
  private final RecurrentShape shape;
  private final CudaFunction cell;
  private final Scratch scratch = new Scratch();
  private final Scratch.Part product;
  private final Scratch.Part dropped;

  /** Compiles {@code x, weights, h0, c0?, lengths?, counter? -> y, hN, cN?, reserve}. */
  CudaRecurrent(OpContext context, Recurrent spec) {
    this.context = context;
    this.shape = RecurrentShape.of(spec, context.input(0));
    this.cell = context.function(FILE, kernel(spec));
    this.product = scratch.add(shape.batchBytes(shape.gateWidth()));
    this.dropped = scratch.add(spec.hasDropout() ? shape.rowBytes(shape.outputWidth()) : 0);
  }

  /** Returns the name of the kernel of a cell's step. */
  static String kernel(Recurrent spec) {
    return "recurrent_" + spec.cell().name().toLowerCase(Locale.ROOT);
  }

  @Override
  public long workspaceBytes() {
    return scratch.bytes();
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    Recurrent spec = shape.spec();
    RecurrentInputs in = new RecurrentInputs(context, shape, inputs);
    List<Kernel> kernels = new ArrayList<>();
    Buffer input = inputs.getFirst();
    for (int layer = 0; layer < spec.layers(); layer++) {
      boolean last = layer == spec.layers() - 1;
      DeviceBuffer states =
          last ? DeviceBuffer.of(outputs.getFirst()) : shape.states(outputs.getLast(), layer);
      if (spec.ragged()) {
        kernels.add(StreamWork.zero(context.engine().context(), states));
      }
      for (int direction = 0; direction < spec.directions(); direction++) {
        kernels.addAll(layer(layer, direction, input, states, in, outputs, workspace));
      }
      input = states;
      if (spec.hasDropout() && !last) {
        DeviceBuffer kept = dropped.in(workspace);
        kernels.add(in.dropout(layer, states, kept));
        input = kept;
      }
    }
    kernels.addAll(
        in.markInvalid(
            outputs.getFirst(), shape.outputWidth(), outputs.subList(1, 1 + spec.states())));
    return StreamWork.inOrder(kernels);
  }

  private List<Kernel> layer(
      int layer,
      int direction,
      Buffer input,
      DeviceBuffer states,
      RecurrentInputs in,
      List<Buffer> outputs,
      Buffer workspace) {
    CudaContext device = context.engine().context();
    boolean memorizes = shape.spec().cell().hasMemory();
    DeviceBuffer gates = shape.gates(outputs.getLast(), layer, direction);
    DeviceBuffer extra = shape.extra(outputs.getLast(), layer, direction);
    DeviceBuffer fromState = product.in(workspace);
    // The states and memories of each turn lie where those of the last belong.
    DeviceBuffer state = shape.state(outputs.get(1), layer, direction);
    List<Kernel> kernels = new ArrayList<>();
    // x [N*T,in] · weight_ih' [gates,in] -> [N*T,gates]
    kernels.add(
        new CublasProduct(
                context,
                TIMES_TRANSPOSED,
                1,
                shape.rows(),
                shape.gateWidth(),
                shape.features(layer))
            .bind(input, in.weight(layer, direction, Kind.WEIGHT_IH), gates));
    kernels.add(StreamWork.copy(device, in.initial(0, layer, direction), state));
    if (memorizes) {
      kernels.add(
          StreamWork.copy(
              device,
              in.initial(1, layer, direction),
              shape.state(outputs.get(2), layer, direction)));
    }
    // h [N,hidden] · weight_hh' [gates,hidden] -> [N,gates]
    Kernel multiply =
        new CublasProduct(
                context, TIMES_TRANSPOSED, 1, shape.batch(), shape.gateWidth(), shape.hidden())
            .bind(state, in.weight(layer, direction, Kind.WEIGHT_HH), fromState);
    for (int turn = 0; turn < shape.steps(); turn++) {
      Launch.Builder step =
          in.step(cell, direction, turn)
              .buffer(gates)
              .buffer(fromState)
              .buffer(in.weight(layer, direction, Kind.BIAS_IH))
              .buffer(in.weight(layer, direction, Kind.BIAS_HH))
              .buffer(state);
      if (memorizes) {
        step.buffer(shape.state(outputs.get(2), layer, direction));
      } else {
        step.absent();
      }
      kernels.add(multiply);
      kernels.add(step.buffer(extra).buffer(states).over(shape.stateElements()));
    }
    return kernels;
  }

  @Override
  public String describe() {
    return "cublasGemmStridedBatchedEx, kernel " + cell.name();
  }
}
