package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.cpu.onednn.OneDnnRecurrentGrad.InputGradient;
import dev.kiln.op.Recurrent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The gradient of a recurrent stack that ran by oneDNN's RNN primitive: layer by layer, the last
 * first, each thread for its sequences, then the sum of what they yield for the weights. The
 * primitive always computes the gradient of its input too.
 */
final class OneDnnRnnGrad implements Op {

  private final OpContext context;
  private final Recurrent.Grad spec;
  private final InputGradient inputGradient;
  private final RnnReserve reserve;
  private final RecurrentShape shape;
  private final LayerDropouts dropouts;
  private final RnnMoves moves;
  private final List<RnnLayer> layers = new ArrayList<>();
  private final List<RnnWeightGrads> weightGrads = new ArrayList<>(); // by layer
  private final Workspace workspace = new Workspace();
  private final List<Workspace.Part> scratch;
  private final Workspace.Part ofLayer;
  private final Workspace.Part turns;
  private final Workspace.Part layerInput;
  private final Workspace.Part even;
  private final Workspace.Part odd;
  private final Workspace.Part unread;

  /**
   * What one layer works on, [N, T, width] each.
   *
   * @param input its input
   * @param outputGrad the gradient of its states
   * @param inputGrad receives that of its input
   */
  private record Sequences(Buffer input, Buffer outputGrad, Buffer inputGrad) {}

  /** Compiles the gradient: {@code -> dx?, dweights, dh0, dc0?}. */
  OneDnnRnnGrad(
      OpContext context, Recurrent.Grad spec, RnnReserve reserve, InputGradient inputGradient) {
    this.context = context;
    this.spec = spec;
    this.inputGradient = inputGradient;
    this.reserve = reserve;
    this.shape = reserve.shape();
    this.dropouts = new LayerDropouts(context, shape);
    this.moves = new RnnMoves(context, shape);
    long scratchBytes = moves.scratchBytes();
    long layerBytes = 0;
    for (int layer = 0; layer < shape.spec().layers(); layer++) {
      int of = layer;
      RnnLayer pass =
          new RnnLayer(
              context,
              shape,
              layer,
              RnnWeightPlacement.Order.GATES_FIRST,
              share -> new RnnPrimitive(context, shape, of, share).gradient());
      RnnWeightGrads sums = new RnnWeightGrads(context, shape, layer, pass.workspace());
      layers.add(pass);
      weightGrads.add(sums);
      scratchBytes = Math.max(scratchBytes, Math.max(pass.scratchBytes(), sums.scratchBytes()));
      layerBytes = Math.max(layerBytes, pass.workspace().bytes());
    }
    this.scratch = workspace.addForThreads(scratchBytes);
    this.ofLayer = workspace.add(layerBytes);
    this.turns = workspace.addFloats((long) shape.rows() * shape.widestInput());
    long states = (long) shape.rows() * shape.outputWidth();
    this.layerInput = workspace.addFloats(shape.spec().hasDropout() ? states : 0);
    this.odd = workspace.addFloats(layers.size() > 1 ? states : 0);
    this.even = workspace.addFloats(layers.size() > 2 ? states : 0);
    this.unread =
        workspace.addFloats(
            inputGradient == InputGradient.UNUSED ? (long) shape.rows() * shape.features() : 0);
  }

  @Override
  public long workspaceBytes() {
    return workspace.bytes();
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer space) {
    List<Kernel> kernels = new ArrayList<>();
    Optional<Buffer> dx =
        switch (inputGradient) {
          case WANTED -> Optional.of(outputs.getFirst());
          case UNUSED -> Optional.empty();
        };
    List<Buffer> parameters = outputs.subList(dx.isPresent() ? 1 : 0, outputs.size());
    List<Buffer> work = scratch.stream().map(part -> part.in(space)).toList();
    Buffer outputGrad = inputs.get(spec.upstreamIndex());
    for (int i = layers.size() - 1; i >= 0; i--) {
      int layer = i;
      RnnLayer pass = layers.get(layer);
      Buffer input = inputs.getFirst();
      Buffer inputGrad = dx.orElse(unread.in(space));
      if (layer > 0) {
        input = layerInput.in(space);
        inputGrad = (layer % 2 == 0 ? even : odd).in(space);
        kernels.addAll(layerInput(layer, input, inputs, work));
      }
      Sequences sequences = new Sequences(input, outputGrad, inputGrad);
      kernels.add(pass.pack(inputs.get(1), ofLayer.in(space), work));
      kernels.add(
          pass.onAllThreads(share ->
              run(layer, share, sequences, inputs, parameters, space, work.get(share.thread()))));
      kernels.add(weightGrads.get(layer).sum(parameters.getFirst(), ofLayer.in(space), work));
      if (layer > 0) {
        outputGrad = inputGrad;
        kernels.addAll(dropouts.drop(layer - 1, outputGrad, inputs));
      }
    }
    return KernelSequence.of(kernels);
  }

  /** Makes what a layer read, some of it dropped, again from the states of the layer below. */
  private List<Kernel> layerInput(int layer, Buffer input, List<Buffer> inputs, List<Buffer> work) {
    if (!reserve.readsSequences(layer)) {
      return List.of();
    }
    Buffer kept = inputs.get(spec.reserveIndex());
    List<Kernel> kernels = new ArrayList<>();
    kernels.add(
        layers
            .get(layer)
            .onAllThreads(share -> {
              Buffer below = reserve.states(kept, layer - 1, share);
              return List.of(moves.toSequences(share, below, input, work.get(share.thread())));
            }));
    kernels.addAll(dropouts.drop(layer - 1, input, inputs));
    return kernels;
  }

  private List<Kernel> run(
      int layer,
      BatchShare share,
      Sequences sequences,
      List<Buffer> inputs,
      List<Buffer> parameters,
      Buffer space,
      Buffer work) {
    Buffer kept = inputs.get(spec.reserveIndex());
    int states = shape.spec().states();
    int features = shape.features(layer);
    RnnLayer pass = layers.get(layer);
    List<Kernel> kernels = new ArrayList<>();
    Buffer source = reserve.input(layer, share, kept, turns.in(space));
    if (reserve.readsSequences(layer)) {
      kernels.add(moves.toTurns(share, sequences.input, source, layer, work));
    }
    List<Buffer> operands = pass.operands(share, source, inputs, ofLayer.in(space));
    operands.addAll(reserve.results(kept, layer, share));
    operands.add(shape.sequences(sequences.outputGrad, shape.outputWidth(), share));
    int last = spec.upstreamIndex() + 1;
    operands.addAll(pass.states(share, inputs.subList(last, last + states)));
    List<Buffer> results = new ArrayList<>();
    results.add(shape.sequences(sequences.inputGrad, features, share));
    results.addAll(pass.states(share, parameters.subList(1, 1 + states)));
    results.addAll(weightGrads.get(layer).ofThread(share.thread(), ofLayer.in(space)));
    kernels.add(pass.run(share, operands, results, work));
    return kernels;
  }

  @Override
  public String describe() {
    return layers.getFirst().describe();
  }

  @Override
  public void close() {
    context.scope().close();
  }
}
