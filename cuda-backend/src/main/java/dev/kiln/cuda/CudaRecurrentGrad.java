package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.MatMul;
import dev.kiln.op.Recurrent;
import dev.kiln.op.RecurrentCell;
import dev.kiln.op.RecurrentWeights.Kind;
import dev.kiln.op.Reduce;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * {@link Recurrent.Grad}: for every layer, the last first, turn by turn back in time, then the
 * products with all steps at once.
 */
final class CudaRecurrentGrad implements Op {

  private static final MatMul PLAIN = new MatMul(false, false);
  private static final MatMul TRANSPOSED_TIMES = new MatMul(true, false);

  private final OpContext context;
  private final Recurrent.Grad grad;
  private final RecurrentShape shape;
  private final CudaFunction cell;
  private final CudaReduce sumOfRows;
  private final Scratch scratch = new Scratch();
  private final Scratch.Part toInput;
  private final Scratch.Part toStates;
  private final Scratch.Part toState;
  private final Scratch.Part before;
  private final Scratch.Part dropped;
  private final Scratch.Part sums;
  private final List<Scratch.Part> between;

  /**
   * Compiles {@code x, weights, h0, c0?, lengths?, counter?, y, reserve, dy, dhN, dcN? -> dx,
   * dweights, dh0, dc0?}.
   */
  CudaRecurrentGrad(OpContext context, Recurrent.Grad grad) {
    this.context = context;
    this.grad = grad;
    Recurrent spec = grad.forward();
    this.shape = RecurrentShape.of(spec, context.input(0));
    this.cell = context.function(CudaRecurrent.FILE, CudaRecurrent.kernel(spec) + "_grad");
    this.sumOfRows = sumOfRows();
    this.toInput = scratch.add(shape.rowBytes(shape.gateWidth()));
    this.toStates =
        spec.cell() == RecurrentCell.GRU ? scratch.add(shape.rowBytes(shape.gateWidth())) : toInput;
    this.toState = scratch.add(shape.batchBytes(shape.gateWidth()));
    this.before = scratch.add(shape.rowBytes(shape.hidden()));
    this.dropped = scratch.add(spec.hasDropout() ? shape.rowBytes(shape.outputWidth()) : 0);
    this.sums = scratch.add(sumOfRows.workspaceBytes());
    long layerBytes = spec.layers() > 1 ? shape.rowBytes(shape.outputWidth()) : 0;
    this.between = List.of(scratch.add(layerBytes), scratch.add(layerBytes));
  }

  private CudaReduce sumOfRows() {
    TensorType sum = TensorType.of(shape.dtype(), shape.gateWidth());
    OpContext own =
        new OpContext(
            context.engine(),
            context.scope(),
            List.of(shape.rowsOf(shape.gateWidth())),
            List.of(sum));
    return new CudaReduce(own, new Reduce(Reduce.Kind.SUM, List.of(0), false));
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
    for (int layer = spec.layers() - 1; layer >= 0; layer--) {
      kernels.addAll(layer(layer, in, outputs, workspace));
    }
    kernels.addAll(
        in.markInvalid(
            outputs.getFirst(), shape.features(), outputs.subList(2, 2 + spec.states())));
    return StreamWork.inOrder(kernels);
  }

  private List<Kernel> layer(
      int layer, RecurrentInputs in, List<Buffer> outputs, Buffer workspace) {
    Recurrent spec = shape.spec();
    Buffer dy =
        layer == spec.layers() - 1
            ? in.inputs().get(grad.upstreamIndex())
            : between.get(layer % 2).in(workspace);
    Buffer dx = layer == 0 ? outputs.getFirst() : between.get((layer - 1) % 2).in(workspace);
    List<Kernel> kernels = new ArrayList<>();
    Buffer input = in.inputs().getFirst();
    if (layer > 0) {
      input = shape.states(in.inputs().get(grad.reserveIndex()), layer - 1);
      if (spec.hasDropout()) {
        DeviceBuffer kept = dropped.in(workspace);
        kernels.add(in.dropout(layer - 1, input, kept));
        input = kept;
      }
    }
    for (int direction = 0; direction < spec.directions(); direction++) {
      kernels.addAll(turnsBack(layer, direction, dy, in, outputs, workspace));
      kernels.addAll(weights(layer, direction, input, outputs, workspace));
      // dgates [N*T,gates] · weight_ih [gates,in] -> dx [N*T,in]
      CublasProduct product =
          new CublasProduct(
              context, PLAIN, 1, shape.rows(), shape.features(layer), shape.gateWidth());
      DeviceBuffer weight = in.weight(layer, direction, Kind.WEIGHT_IH);
      DeviceBuffer gates = toInput.in(workspace);
      kernels.add(
          direction == 0 ? product.bind(gates, weight, dx) : product.bindAdding(gates, weight, dx));
    }
    if (layer > 0 && spec.hasDropout()) {
      kernels.add(in.dropout(layer - 1, dx, dx));
    }
    return kernels;
  }

  private List<Kernel> turnsBack(
      int layer,
      int direction,
      Buffer dy,
      RecurrentInputs in,
      List<Buffer> outputs,
      Buffer workspace) {
    CudaContext device = context.engine().context();
    Buffer reserve = in.inputs().get(grad.reserveIndex());
    boolean memorizes = shape.spec().cell().hasMemory();
    DeviceBuffer states =
        layer == shape.spec().layers() - 1
            ? DeviceBuffer.of(in.inputs().get(grad.outputIndex()))
            : shape.states(reserve, layer);
    // The gradient of each turn's state lies where that of the initial state belongs.
    DeviceBuffer dh = shape.state(outputs.get(2), layer, direction);
    List<Kernel> kernels = new ArrayList<>();
    kernels.add(StreamWork.copy(device, upstreamState(in, 0, layer, direction), dh));
    if (memorizes) {
      kernels.add(
          StreamWork.copy(
              device,
              upstreamState(in, 1, layer, direction),
              shape.state(outputs.get(3), layer, direction)));
    }
    if (shape.spec().ragged()) {
      kernels.add(StreamWork.zero(device, toInput.in(workspace)));
      kernels.add(StreamWork.zero(device, toStates.in(workspace)));
    }
    kernels.add(statesBefore(layer, direction, states, in, workspace));
    // dgates [N,gates] · weight_hh [gates,hidden] + dh [N,hidden]
    Kernel multiply =
        new CublasProduct(context, PLAIN, 1, shape.batch(), shape.hidden(), shape.gateWidth())
            .bindAdding(toState.in(workspace), in.weight(layer, direction, Kind.WEIGHT_HH), dh);
    for (int turn = shape.steps() - 1; turn >= 0; turn--) {
      Launch.Builder step =
          in.step(cell, direction, turn)
              .buffer(shape.gates(reserve, layer, direction))
              .buffer(shape.extra(reserve, layer, direction))
              .buffer(before.in(workspace));
      if (memorizes) {
        step.buffer(in.initial(1, layer, direction))
            .buffer(dy)
            .buffer(dh)
            .buffer(shape.state(outputs.get(3), layer, direction));
      } else {
        step.absent().buffer(dy).buffer(dh).absent();
      }
      kernels.add(
          step.buffer(toInput.in(workspace))
              .buffer(toState.in(workspace))
              .buffer(toStates.in(workspace))
              .over(shape.stateElements()));
      kernels.add(multiply);
    }
    return kernels;
  }

  /** Returns {@code dhN} (0) or {@code dcN} (1) of a layer and direction. */
  private DeviceBuffer upstreamState(RecurrentInputs in, int state, int layer, int direction) {
    return shape.state(in.inputs().get(grad.upstreamIndex() + 1 + state), layer, direction);
  }

  private Kernel statesBefore(
      int layer, int direction, DeviceBuffer states, RecurrentInputs in, Buffer workspace) {
    long count = (long) shape.rows() * shape.hidden();
    Launch.Builder launch =
        context
            .launch(context.function(CudaRecurrent.FILE, "recurrent_before"))
            .number(count)
            .struct(shape.step(context.scope().arena(), direction, 0));
    return in.withLengths(launch)
        .buffer(in.initial(0, layer, direction))
        .buffer(states)
        .buffer(before.in(workspace))
        .over(count);
  }

  private List<Kernel> weights(
      int layer, int direction, Buffer input, List<Buffer> outputs, Buffer workspace) {
    DeviceBuffer ofInput = toInput.in(workspace);
    DeviceBuffer ofStates = toStates.in(workspace);
    Buffer flat = outputs.get(1);
    return List.of(
        // dgates' [gates,N*T] · x [N*T,in] -> [gates,in]
        new CublasProduct(
                context,
                TRANSPOSED_TIMES,
                1,
                shape.gateWidth(),
                shape.features(layer),
                shape.rows())
            .bind(ofInput, input, shape.weight(flat, layer, direction, Kind.WEIGHT_IH)),
        // dgates' [gates,N*T] · h [N*T,hidden] -> [gates,hidden]
        new CublasProduct(
                context, TRANSPOSED_TIMES, 1, shape.gateWidth(), shape.hidden(), shape.rows())
            .bind(
                ofStates,
                before.in(workspace),
                shape.weight(flat, layer, direction, Kind.WEIGHT_HH)),
        sumOfRows.bind(
            List.of(ofInput),
            List.of(shape.weight(flat, layer, direction, Kind.BIAS_IH)),
            sums.in(workspace)),
        sumOfRows.bind(
            List.of(ofStates),
            List.of(shape.weight(flat, layer, direction, Kind.BIAS_HH)),
            sums.in(workspace)));
  }

  @Override
  public String describe() {
    return "cublasGemmStridedBatchedEx, kernel " + cell.name();
  }
}
