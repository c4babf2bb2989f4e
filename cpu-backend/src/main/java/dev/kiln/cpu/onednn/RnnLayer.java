package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** One pass of one layer by oneDNN's RNN primitive: every thread has one for its sequences. */
final class RnnLayer {

  private final OpContext context;
  private final RecurrentShape shape;
  private final List<BatchShare> shares;
  private final int layer;
  private final Workspace workspace = new Workspace();
  private final RnnWeights weights;
  private final List<PrimitiveOp> primitives = new ArrayList<>(); // by thread

  /**
   * Compiles a pass.
   *
   * @param order in which the pass takes the weights
   * @param pass compiles it for a thread
   */
  RnnLayer(
      OpContext context,
      RecurrentShape shape,
      int layer,
      RnnWeightPlacement.Order order,
      Function<BatchShare, PrimitiveOp> pass) {
    this.context = context;
    this.shape = shape;
    this.shares = shape.shares();
    this.layer = layer;
    this.weights = new RnnWeights(context, shape, layer, order, workspace);
    for (BatchShare share : shares) {
      primitives.add(OpenMpTeam.alone(() -> pass.apply(share)));
    }
  }

  /** Returns the memory for the packed weights, to which a pass may add. */
  Workspace workspace() {
    return workspace;
  }

  /** Returns the scratch memory that each thread needs. */
  long scratchBytes() {
    long ofPrimitives = primitives.stream().mapToLong(PrimitiveOp::workspaceBytes).max().orElse(0);
    return Math.max(weights.scratchBytes(), ofPrimitives);
  }

  /** Returns what packs the weights. */
  Kernel pack(Buffer parameters, Buffer space, List<Buffer> scratch) {
    return weights.pack(parameters, space, scratch);
  }

  /**
   * Returns the forward operands of a thread, in the order of {@link RnnPrimitive}.
   *
   * @param input its sequences
   * @param inputs the operation's
   * @param space this layer's memory
   */
  List<Buffer> operands(BatchShare share, Buffer input, List<Buffer> inputs, Buffer space) {
    List<Buffer> operands = new ArrayList<>();
    operands.add(input);
    operands.addAll(states(share, inputs.subList(2, 2 + shape.spec().states())));
    operands.addAll(weights.packed(space));
    return operands;
  }

  /** Returns a thread's part of each of several states of all layers and sequences. */
  List<Buffer> states(BatchShare share, List<Buffer> states) {
    return states.stream().map(state -> shape.state(state, layer, share)).toList();
  }

  /** Returns what runs the pass for one thread. */
  Kernel run(BatchShare share, List<Buffer> operands, List<Buffer> results, Buffer scratch) {
    return primitives.get(share.thread()).bind(operands, results, scratch, share.thread());
  }

  /** Returns what runs something for each thread, on all of them at once. */
  Kernel onAllThreads(Function<BatchShare, List<Kernel>> ofThread) {
    Kernel[] kernels =
        shares.stream()
            .map(share -> KernelSequence.of(ofThread.apply(share)))
            .toArray(Kernel[]::new);
    OpenMpTeam.Part part = thread -> kernels[thread].run();
    return () -> context.team().run(part);
  }

  /** Returns what runs the pass, for plans. */
  String describe() {
    return primitives.getFirst().describe();
  }
}
