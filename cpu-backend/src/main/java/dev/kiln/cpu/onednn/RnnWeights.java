package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.cpu.memory.HostBuffer;
import dev.kiln.op.RecurrentWeights.Kind;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * A layer's weights in the placements of oneDNN's RNN primitive, packed from the parameters in
 * every run, since these change in every step.
 */
final class RnnWeights {

  /** The weights, without the biases. */
  static final List<Kind> MATRICES = List.of(Kind.WEIGHT_IH, Kind.WEIGHT_HH);

  private static final List<Kind> BIASES = List.of(Kind.BIAS_IH, Kind.BIAS_HH);

  /** One of the weights: how it is packed, and where to. */
  private record Matrix(
      Kind kind, RnnWeightPlacement placement, PrimitiveOp gateToPacked, Workspace.Part part) {}

  private final OpContext context;
  private final RecurrentShape shape;
  private final int layer;
  private final List<Matrix> matrices = new ArrayList<>();
  private final Workspace.Part bias;

  /**
   * Compiles the packing.
   *
   * @param workspace gets a part for each of the packed weights
   */
  RnnWeights(
      OpContext context,
      RecurrentShape shape,
      int layer,
      RnnWeightPlacement.Order order,
      Workspace workspace) {
    this.context = context;
    this.shape = shape;
    this.layer = layer;
    for (Kind kind : MATRICES) {
      RnnWeightPlacement placement = RnnWeightPlacement.of(order, shape, layer, kind);
      PrimitiveOp pack =
          OpenMpTeam.alone(() ->
              OneDnnReorder.reorder(
                  context,
                  parameterGate(context, shape, layer, kind),
                  placement.gate(context.scope())));
      matrices.add(new Matrix(kind, placement, pack, workspace.addFloats(placement.floats())));
    }
    this.bias = workspace.addFloats(RnnGates.biasFloats(shape));
  }

  /** Describes one gate of the parameters of all directions: [directions, width, hidden]. */
  static MemoryDesc parameterGate(OpContext context, RecurrentShape shape, int layer, Kind kind) {
    long width = shape.weightWidth(layer, kind);
    return MemoryDesc.strided(
        context.scope(),
        new long[] {shape.directions(), width, shape.hidden()},
        shape.weightsOfDirection(layer),
        1,
        width);
  }

  /** Returns the scratch memory that a thread needs to pack. */
  long scratchBytes() {
    return matrices.stream()
        .mapToLong(matrix -> matrix.gateToPacked.workspaceBytes())
        .max()
        .orElse(0);
  }

  /** Returns what packs the weights and adds up the biases. */
  Kernel pack(Buffer parameters, Buffer space, List<Buffer> scratch) {
    List<IntFunction<Kernel>> pieces = new ArrayList<>();
    for (Matrix matrix : matrices) {
      Kind kind = matrix.kind;
      Buffer packed = matrix.part.in(space);
      for (int gate = 0; gate < shape.spec().cell().gates(); gate++) {
        Buffer from = shape.weightGate(parameters, layer, kind, gate);
        long at = matrix.placement.gateAt(RnnGates.row(shape.spec().cell(), kind, gate));
        Buffer to = packed.slice(at * Float.BYTES, packed.bytes() - at * Float.BYTES);
        pieces.add(thread ->
            matrix.gateToPacked.bind(List.of(from), List.of(to), scratch.get(thread), thread));
      }
    }
    pieces.add(_ -> addBiases(parameters, bias.in(space)));
    return DealtOut.to(context.team(), pieces);
  }

  private Kernel addBiases(Buffer parameters, Buffer packed) {
    MemorySegment sums = HostBuffer.of(packed).segment();
    int hidden = shape.hidden();
    List<Kernel> kernels = new ArrayList<>();
    kernels.add(() -> sums.fill((byte) 0));
    for (int direction = 0; direction < shape.directions(); direction++) {
      for (Kind kind : BIASES) {
        MemorySegment terms =
            HostBuffer.of(shape.weight(parameters, layer, direction, kind)).segment();
        for (int gate = 0; gate < shape.spec().cell().gates(); gate++) {
          long from = (long) gate * hidden;
          long to = RnnGates.biasAt(shape, direction, kind, gate);
          kernels.add(() -> add(terms, from, sums, to, hidden));
        }
      }
    }
    return KernelSequence.of(kernels);
  }

  private static void add(MemorySegment terms, long from, MemorySegment sums, long to, int count) {
    for (int i = 0; i < count; i++) {
      float sum =
          sums.getAtIndex(ValueLayout.JAVA_FLOAT, to + i)
              + terms.getAtIndex(ValueLayout.JAVA_FLOAT, from + i);
      sums.setAtIndex(ValueLayout.JAVA_FLOAT, to + i, sum);
    }
  }

  /** Returns the packed weights in the order of the primitive's operands. */
  List<Buffer> packed(Buffer space) {
    return Stream.concat(matrices.stream().map(Matrix::part), Stream.of(bias))
        .map(part -> (Buffer) part.in(space))
        .toList();
  }
}
