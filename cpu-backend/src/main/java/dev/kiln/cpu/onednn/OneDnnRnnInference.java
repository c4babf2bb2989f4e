package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.Recurrent;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The same as {@link OneDnnRnn} where nobody wants a gradient: without a reserve, and with
 * everything in the user's order.
 */
final class OneDnnRnnInference implements Op {

  private final OpContext context;
  private final RecurrentShape shape;
  private final LayerDropouts dropouts;
  private final List<RnnLayer> layers = new ArrayList<>();
  private final Workspace workspace = new Workspace();
  private final List<Workspace.Part> scratch;
  private final Workspace.Part ofLayer;
  private final Workspace.Part even;
  private final Workspace.Part odd;

  /** Compiles {@code x, weights, h0, c0?, counter? -> y, hN, cN?}. */
  OneDnnRnnInference(OpContext context, Recurrent spec, TensorType x) {
    this.context = context;
    this.shape = RecurrentShape.of(spec, x.shape());
    this.dropouts = new LayerDropouts(context, shape);
    for (int layer = 0; layer < spec.layers(); layer++) {
      int of = layer;
      layers.add(
          new RnnLayer(
              context,
              shape,
              layer,
              RnnWeightPlacement.Order.WIDTH_FIRST,
              share -> new RnnPrimitive(context, shape, of, share).inference()));
    }
    this.scratch =
        workspace.addForThreads(layers.stream().mapToLong(RnnLayer::scratchBytes).max().orElse(0));
    this.ofLayer =
        workspace.add(
            layers.stream().mapToLong(layer -> layer.workspace().bytes()).max().orElse(0));
    long states = (long) shape.rows() * shape.outputWidth();
    this.even = workspace.addFloats(spec.layers() > 1 ? states : 0);
    this.odd = workspace.addFloats(spec.layers() > 2 ? states : 0);
  }

  @Override
  public long workspaceBytes() {
    return workspace.bytes();
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer space) {
    List<Kernel> kernels = new ArrayList<>();
    List<Buffer> work = scratch.stream().map(part -> part.in(space)).toList();
    List<Buffer> lastStates = outputs.subList(1, 1 + shape.spec().states());
    Buffer from = inputs.getFirst();
    for (int i = 0; i < layers.size(); i++) {
      int layer = i;
      RnnLayer pass = layers.get(layer);
      boolean last = layer == layers.size() - 1;
      Buffer input = from;
      Buffer output = last ? outputs.getFirst() : (layer % 2 == 0 ? even : odd).in(space);
      kernels.add(pass.pack(inputs.get(1), ofLayer.in(space), work));
      kernels.add(
          pass.onAllThreads(share -> {
            Buffer source = shape.sequences(input, shape.features(layer), share);
            Buffer states = shape.sequences(output, shape.outputWidth(), share);
            return List.of(
                pass.run(
                    share,
                    pass.operands(share, source, inputs, ofLayer.in(space)),
                    Stream.concat(Stream.of(states), pass.states(share, lastStates).stream())
                        .toList(),
                    work.get(share.thread())));
          }));
      if (!last) {
        kernels.addAll(dropouts.drop(layer, output, inputs));
      }
      from = output;
    }
    return KernelSequence.of(kernels);
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
