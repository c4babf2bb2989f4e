package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.Recurrent;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The gradient of a recurrent stack: for every layer, the last first, turn by turn back in time,
 * then the products with all turns at once.
 */
final class OneDnnRecurrentGrad implements Op {

  /** Whether the gradient of the stack's input is computed: a network's first layer needs none. */
  enum InputGradient {
    WANTED,
    UNUSED
  }

  private final OpContext context;
  private final Recurrent.Grad spec;
  private final InputGradient inputGradient;
  private final RecurrentShape shape;
  private final SequenceOrder order;
  private final SequenceMoves moves;
  private final LayerInputs layerInputs;
  private final Workspace workspace = new Workspace();
  private final List<RecurrentLayerGrad> layers = new ArrayList<>();
  private final Workspace.Part scratch;
  private final Workspace.Part ofLayer;
  private final Workspace.Part layerInput;
  private final Workspace.Part upper;
  private final Workspace.Part lower;

  /** Compiles the gradient for an input [N, T, features]: {@code -> dx?, dweights, dh0, dc0?}. */
  OneDnnRecurrentGrad(
      OpContext context, Recurrent.Grad spec, TensorType x, InputGradient inputGradient) {
    this.context = context;
    this.spec = spec;
    this.inputGradient = inputGradient;
    this.shape = RecurrentShape.of(spec.forward(), x.shape());
    this.order = new SequenceOrder(shape.batch(), shape.steps(), OpenMpTeam.size());
    this.moves = new SequenceMoves(context.team(), order);
    this.layerInputs = new LayerInputs(context, shape, moves);
    for (int layer = 0; layer < spec.forward().layers(); layer++) {
      layers.add(new RecurrentLayerGrad(context, shape, order, moves, layer));
    }
    long between = layers.size() > 1 ? layerInputs.floats() : 0;
    this.scratch =
        workspace.add(layers.stream().mapToLong(RecurrentLayerGrad::scratchBytes).max().orElse(0));
    this.ofLayer =
        workspace.add(
            layers.stream().mapToLong(RecurrentLayerGrad::workspaceBytes).max().orElse(0));
    this.layerInput = workspace.addFloats(between);
    this.upper = workspace.addFloats(between);
    this.lower = workspace.addFloats(between);
  }

  @Override
  public long workspaceBytes() {
    return workspace.bytes();
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer space) {
    List<Kernel> kernels = new ArrayList<>();
    Recurrent forward = spec.forward();
    if (forward.ragged()) {
      kernels.add(order.reading(inputs.get(forward.lengthsIndex())));
    }
    Buffer reserve = inputs.get(spec.reserveIndex());
    CellLoop loop = new CellLoop(forward, order);
    Optional<Buffer> dx =
        switch (inputGradient) {
          case WANTED -> Optional.of(outputs.getFirst());
          case UNUSED -> Optional.empty();
        };
    List<Buffer> parameters = outputs.subList(dx.isPresent() ? 1 : 0, outputs.size());
    Buffer outputGrad = inputs.get(spec.upstreamIndex());
    for (int layer = layers.size() - 1; layer >= 0; layer--) {
      Buffer input = inputs.get(0);
      Optional<Buffer> inputGrad = dx;
      if (layer > 0) {
        input = layerInput.in(space);
        inputGrad = Optional.of((layer % 2 == 0 ? upper : lower).in(space));
        kernels.addAll(layerInputs.output(layer - 1, reserve, input));
        kernels.addAll(layerInputs.drop(layer - 1, input, inputs));
      }
      RecurrentLayerGrad.Operands operands =
          new RecurrentLayerGrad.Operands(
              spec,
              inputs,
              parameters,
              input,
              outputGrad,
              inputGrad,
              ofLayer.in(space),
              scratch.in(space));
      for (int direction = 0; direction < shape.directions(); direction++) {
        kernels.addAll(layers.get(layer).bind(direction, operands, loop));
      }
      if (layer > 0) {
        outputGrad = inputGrad.orElseThrow();
        kernels.addAll(layerInputs.drop(layer - 1, outputGrad, inputs));
      }
    }
    if (forward.ragged()) {
      dx.ifPresent(
          gradient -> kernels.add(moves.markInvalid(RowBlock.of(gradient, shape.features()))));
    }
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
