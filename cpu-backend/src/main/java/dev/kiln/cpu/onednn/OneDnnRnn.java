package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import java.util.ArrayList;
import java.util.List;

/**
 * A recurrent stack over sequences of one length by oneDNN's RNN primitive: for every layer each
 * thread has one for its share of the sequences, so that nothing passes from core to core between
 * the first turn and the last. Keeps in the reserve what {@link OneDnnRnnGrad} needs.
 */
final class OneDnnRnn implements Op {

  private final OpContext context;
  private final RnnReserve reserve;
  private final RecurrentShape shape;
  private final LayerDropouts dropouts;
  private final RnnMoves moves;
  private final List<RnnLayer> layers = new ArrayList<>();
  private final Workspace workspace = new Workspace();
  private final List<Workspace.Part> scratch;
  private final Workspace.Part ofLayer;
  private final Workspace.Part turns;
  private final Workspace.Part between;

  /** Compiles {@code x, weights, h0, c0?, counter? -> y, hN, cN?, reserve}. */
  OneDnnRnn(OpContext context, RnnReserve reserve) {
    this.context = context;
    this.reserve = reserve;
    this.shape = reserve.shape();
    this.dropouts = new LayerDropouts(context, shape);
    this.moves = new RnnMoves(context, shape);
    for (int layer = 0; layer < shape.spec().layers(); layer++) {
      int of = layer;
      layers.add(
          new RnnLayer(
              context,
              shape,
              layer,
              RnnWeightPlacement.Order.WIDTH_FIRST,
              share -> new RnnPrimitive(context, shape, of, share).training()));
    }
    long scratchBytes = layers.stream().mapToLong(RnnLayer::scratchBytes).max().orElse(0);
    this.scratch = workspace.addForThreads(Math.max(moves.scratchBytes(), scratchBytes));
    this.ofLayer =
        workspace.add(
            layers.stream().mapToLong(layer -> layer.workspace().bytes()).max().orElse(0));
    this.turns = workspace.addFloats((long) shape.rows() * shape.widestInput());
    this.between =
        workspace.addFloats(
            shape.spec().hasDropout() ? (long) shape.rows() * shape.outputWidth() : 0);
  }

  @Override
  public long workspaceBytes() {
    return workspace.bytes();
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer space) {
    List<Kernel> kernels = new ArrayList<>();
    List<Buffer> work = scratch.stream().map(part -> part.in(space)).toList();
    for (int i = 0; i < layers.size(); i++) {
      int layer = i;
      boolean last = layer == layers.size() - 1;
      Buffer input = layer == 0 ? inputs.getFirst() : between.in(space);
      Buffer output = last ? outputs.getFirst() : between.in(space);
      kernels.add(layers.get(layer).pack(inputs.get(1), ofLayer.in(space), work));
      kernels.add(
          layers
              .get(layer)
              .onAllThreads(share -> {
                Buffer scratchOfThread = work.get(share.thread());
                List<Kernel> ofThread =
                    run(layer, share, input, inputs, outputs, space, scratchOfThread);
                if (last || shape.spec().hasDropout()) {
                  Buffer states = reserve.states(outputs.getLast(), layer, share);
                  ofThread.add(moves.toSequences(share, states, output, scratchOfThread));
                }
                return ofThread;
              }));
      if (!last) {
        kernels.addAll(dropouts.drop(layer, output, inputs));
      }
    }
    return KernelSequence.of(kernels);
  }

  private List<Kernel> run(
      int layer,
      BatchShare share,
      Buffer input,
      List<Buffer> inputs,
      List<Buffer> outputs,
      Buffer space,
      Buffer work) {
    Buffer kept = outputs.getLast();
    List<Kernel> kernels = new ArrayList<>();
    Buffer source = reserve.input(layer, share, kept, turns.in(space));
    if (reserve.readsSequences(layer)) {
      kernels.add(moves.toTurns(share, input, source, layer, work));
    }
    RnnLayer pass = layers.get(layer);
    kernels.add(
        pass.run(
            share,
            pass.operands(share, source, inputs, ofLayer.in(space)),
            reserve.results(kept, layer, share),
            work));
    for (int state = 0; state < shape.spec().states(); state++) {
      Buffer last = reserve.last(kept, layer, share, state);
      kernels.add(moves.toUser(share, last, outputs.get(1 + state), layer, work));
    }
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
