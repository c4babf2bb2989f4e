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
 * The gradients of a layer's weights: every thread's primitive yields those of its own sequences,
 * and they are added up where the parameters' gradients lie, always in the same order.
 */
final class RnnWeightGrads {

  /** The gradient of one of the weights: the placement, and how it reaches the parameters'. */
  private record Matrix(
      Kind kind,
      RnnWeightPlacement placement,
      PrimitiveOp set,
      PrimitiveOp add,
      List<Workspace.Part> ofThreads) {}

  private final OpContext context;
  private final RecurrentShape shape;
  private final int layer;
  private final List<Matrix> matrices = new ArrayList<>();
  private final List<Workspace.Part> biases;

  /**
   * Compiles the sums.
   *
   * @param workspace gets a part for each thread's gradients
   */
  RnnWeightGrads(OpContext context, RecurrentShape shape, int layer, Workspace workspace) {
    this.context = context;
    this.shape = shape;
    this.layer = layer;
    NativeScope scope = context.scope();
    for (Kind kind : RnnWeights.MATRICES) {
      RnnWeightPlacement placement =
          RnnWeightPlacement.of(RnnWeightPlacement.Order.WIDTH_FIRST, shape, layer, kind);
      MemoryDesc from = placement.gate(scope);
      MemoryDesc to = RnnWeights.parameterGate(context, shape, layer, kind);
      matrices.add(
          new Matrix(
              kind,
              placement,
              OpenMpTeam.alone(() -> OneDnnReorder.reorder(context, from, to)),
              OpenMpTeam.alone(() -> OneDnnReorder.adding(context, from, to)),
              workspace.addForThreads(placement.floats() * Float.BYTES)));
    }
    this.biases = workspace.addForThreads(RnnGates.biasFloats(shape) * Float.BYTES);
  }

  /** Returns the scratch memory that a thread needs to add. */
  long scratchBytes() {
    return matrices.stream()
        .mapToLong(matrix -> Math.max(matrix.set.workspaceBytes(), matrix.add.workspaceBytes()))
        .max()
        .orElse(0);
  }

  /** Returns a thread's gradients in the order of the primitive's operands. */
  List<Buffer> ofThread(int thread, Buffer space) {
    return Stream.concat(matrices.stream().map(Matrix::ofThreads), Stream.of(biases))
        .map(parts -> parts.get(thread).in(space))
        .toList();
  }

  /** Returns what adds all threads' gradients up. */
  Kernel sum(Buffer gradients, Buffer space, List<Buffer> scratch) {
    List<IntFunction<Kernel>> pieces = new ArrayList<>();
    for (Matrix matrix : matrices) {
      for (int gate = 0; gate < shape.spec().cell().gates(); gate++) {
        pieces.add(gate(matrix, gate, gradients, space, scratch));
      }
    }
    pieces.add(_ -> sumBiases(gradients, space));
    return DealtOut.to(context.team(), pieces);
  }

  private IntFunction<Kernel> gate(
      Matrix matrix, int gate, Buffer gradients, Buffer space, List<Buffer> scratch) {
    Buffer to = shape.weightGate(gradients, layer, matrix.kind, gate);
    long at = matrix.placement.gateAt(RnnGates.row(shape.spec().cell(), matrix.kind, gate));
    return thread -> {
      List<Kernel> kernels = new ArrayList<>();
      for (Workspace.Part part : matrix.ofThreads) {
        Buffer whole = part.in(space);
        Buffer from = whole.slice(at * Float.BYTES, whole.bytes() - at * Float.BYTES);
        PrimitiveOp move = kernels.isEmpty() ? matrix.set : matrix.add;
        kernels.add(move.bind(List.of(from), List.of(to), scratch.get(thread), thread));
      }
      return KernelSequence.of(kernels);
    };
  }

  private Kernel sumBiases(Buffer gradients, Buffer space) {
    MemorySegment[] terms =
        biases.stream()
            .map(part -> HostBuffer.of(part.in(space)).segment())
            .toArray(MemorySegment[]::new);
    int hidden = shape.hidden();
    List<Kernel> kernels = new ArrayList<>();
    for (int direction = 0; direction < shape.directions(); direction++) {
      for (Kind kind : List.of(Kind.BIAS_IH, Kind.BIAS_HH)) {
        MemorySegment sums =
            HostBuffer.of(shape.weight(gradients, layer, direction, kind)).segment();
        for (int gate = 0; gate < shape.spec().cell().gates(); gate++) {
          long from = RnnGates.biasAt(shape, direction, kind, gate);
          long to = (long) gate * hidden;
          kernels.add(() -> sum(terms, from, sums, to, hidden));
        }
      }
    }
    return KernelSequence.of(kernels);
  }

  private static void sum(
      MemorySegment[] terms, long from, MemorySegment sums, long to, int count) {
    for (int i = 0; i < count; i++) {
      float sum = 0;
      for (MemorySegment term : terms) {
        sum += term.getAtIndex(ValueLayout.JAVA_FLOAT, from + i);
      }
      sums.setAtIndex(ValueLayout.JAVA_FLOAT, to + i, sum);
    }
  }
}
