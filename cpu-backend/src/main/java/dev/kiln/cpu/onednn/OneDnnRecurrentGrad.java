package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.Recurrent;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * The gradient of a recurrent stack: for every layer, the last first, step by step back in time,
 * then the products with all steps at once.
 */
final class OneDnnRecurrentGrad implements Op {

  private final OpContext context;
  private final Recurrent.Grad spec;
  private final RecurrentShape shape;
  private final Workspace workspace = new Workspace();
  private final PrimitiveOp inputStepsFirst;
  private final PrimitiveOp outputStepsFirst;
  private final PrimitiveOp batchFirst;
  private final List<RecurrentLayerGrad> layers = new ArrayList<>();
  private final Workspace.Part scratch;
  private final Workspace.Part ofLayer;
  private final Workspace.Part steps;
  private final Workspace.Part outputGrad;
  private final Workspace.Part inputGrad;

  /** Compiles the gradient for an input [N, T, features]. */
  OneDnnRecurrentGrad(OpContext context, Recurrent.Grad spec, TensorType x) {
    this.context = context;
    this.spec = spec;
    this.shape = RecurrentShape.of(spec.forward(), x.shape());
    this.inputStepsFirst = RecurrentProducts.stepsFirst(context, shape, shape.features());
    this.outputStepsFirst = RecurrentProducts.stepsFirst(context, shape, shape.outputWidth());
    this.batchFirst = RecurrentProducts.batchFirst(context, shape, shape.features());
    for (int layer = 0; layer < spec.forward().layers(); layer++) {
      layers.add(new RecurrentLayerGrad(context, shape, layer));
    }
    long scratchBytes = layers.stream().mapToLong(RecurrentLayerGrad::scratchBytes).max().orElse(0);
    for (PrimitiveOp op : List.of(inputStepsFirst, outputStepsFirst, batchFirst)) {
      scratchBytes = Math.max(scratchBytes, op.workspaceBytes());
    }
    long widest = Math.max(shape.features(), shape.outputWidth());
    this.scratch = workspace.add(scratchBytes);
    this.ofLayer =
        workspace.add(
            layers.stream().mapToLong(RecurrentLayerGrad::workspaceBytes).max().orElse(0));
    this.steps = workspace.addFloats((long) shape.rows() * shape.features());
    this.outputGrad = workspace.addFloats(shape.rows() * widest);
    this.inputGrad = workspace.addFloats(shape.rows() * widest);
  }

  @Override
  public long workspaceBytes() {
    return workspace.bytes();
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer memory) {
    Buffer work = scratch.in(memory);
    Buffer layerWork = ofLayer.in(memory);
    Buffer reserve = inputs.get(spec.reserveIndex());
    Buffer x = steps.in(memory);
    Buffer dOutput = outputGrad.in(memory);
    Buffer dInput = inputGrad.in(memory);
    List<Kernel> kernels = new ArrayList<>();
    kernels.add(inputStepsFirst.bind(List.of(inputs.get(0)), List.of(x), work));
    kernels.add(
        outputStepsFirst.bind(List.of(inputs.get(spec.upstreamIndex())), List.of(dOutput), work));
    CellLoop loop = new CellLoop(context.team(), shape.spec(), shape.batch());
    for (int layer = layers.size() - 1; layer >= 0; layer--) {
      Buffer input = layer == 0 ? x : shape.states(reserve, layer - 1);
      for (int direction = 0; direction < shape.directions(); direction++) {
        kernels.addAll(
            layers
                .get(layer)
                .bind(
                    direction,
                    new RecurrentLayerGrad.Operands(
                        spec, inputs, outputs, input, dOutput, dInput, layerWork, work),
                    loop));
      }
      Buffer swapped = dOutput;
      dOutput = dInput;
      dInput = swapped;
    }
    kernels.add(batchFirst.bind(List.of(dOutput), List.of(outputs.get(0)), work));
    return KernelSequence.of(kernels);
  }

  @Override
  public String describe() {
    return "OneDnnRecurrentGrad " + layers.getFirst().describe();
  }

  @Override
  public void close() {
    context.scope().close();
  }
}
