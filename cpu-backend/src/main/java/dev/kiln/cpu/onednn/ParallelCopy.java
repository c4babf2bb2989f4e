package dev.kiln.cpu.onednn;

import dev.kiln.backend.Op;
import dev.kiln.cpu.memory.AxisBlocks;
import dev.kiln.op.Concat;
import dev.kiln.op.Slice;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Compiles operations that move ranges along an axis: copies of blocks of bytes, which are divided
 * among all threads, so elements may be of any type.
 */
final class ParallelCopy {

  /** Pieces of memory of one length at regular distances. */
  private record Pieces(MemorySegment memory, long start, long stride) {

    static Pieces of(MemorySegment memory, AxisBlocks blocks) {
      return new Pieces(memory, 0, blocks.bytes());
    }

    Pieces from(long bytes) {
      return new Pieces(memory, start + bytes, stride);
    }

    void copyTo(Pieces other, long bytes, int index) {
      MemorySegment.copy(
          memory, start + index * stride, other.memory, other.start + index * other.stride, bytes);
    }
  }

  private ParallelCopy() {}

  /** Compiles {@code inputs... -> y}. */
  static Op concat(OpContext context, Concat concat, List<TensorType> inputs, TensorType y) {
    AxisBlocks whole = AxisBlocks.of(y, concat.axis());
    List<AxisBlocks> parts =
        inputs.stream().map(type -> AxisBlocks.of(type, concat.axis())).toList();
    return loop(
        context,
        whole,
        (sources, results) -> {
          List<ParallelLoop.Body> copies = new ArrayList<>();
          Pieces place = Pieces.of(results.getFirst(), whole);
          for (int i = 0; i < parts.size(); i++) {
            copies.add(copy(Pieces.of(sources.get(i), parts.get(i)), place, parts.get(i).bytes()));
            place = place.from(parts.get(i).bytes());
          }
          ParallelLoop.Body[] all = copies.toArray(ParallelLoop.Body[]::new);
          return (start, end) -> {
            for (ParallelLoop.Body copy : all) {
              copy.run(start, end);
            }
          };
        });
  }

  /** Compiles {@code x -> y}. */
  static Op slice(OpContext context, Slice slice, TensorType x, TensorType y) {
    AxisBlocks whole = AxisBlocks.of(x, slice.axis());
    AxisBlocks part = AxisBlocks.of(y, slice.axis());
    long start = slice.start() * AxisBlocks.bytesPerIndex(x, slice.axis());
    return loop(
        context,
        whole,
        (sources, results) ->
            copy(
                Pieces.of(sources.getFirst(), whole).from(start),
                Pieces.of(results.getFirst(), part),
                part.bytes()));
  }

  /** Compiles {@code dy -> dx}: zeros around what was taken. */
  static Op sliceGrad(OpContext context, Slice slice, TensorType dy, TensorType dx) {
    AxisBlocks whole = AxisBlocks.of(dx, slice.axis());
    AxisBlocks part = AxisBlocks.of(dy, slice.axis());
    long first = slice.start() * AxisBlocks.bytesPerIndex(dx, slice.axis());
    return loop(
        context,
        whole,
        (sources, results) -> {
          MemorySegment around = results.getFirst();
          ParallelLoop.Body copy =
              copy(
                  Pieces.of(sources.getFirst(), part),
                  Pieces.of(around, whole).from(first),
                  part.bytes());
          return (start, end) -> {
            around.asSlice(start * whole.bytes(), (end - start) * whole.bytes()).fill((byte) 0);
            copy.run(start, end);
          };
        });
  }

  private static ParallelLoop.Body copy(Pieces source, Pieces destination, long bytes) {
    return (start, end) -> {
      for (int i = start; i < end; i++) {
        source.copyTo(destination, bytes, i);
      }
    };
  }

  private static Op loop(OpContext context, AxisBlocks blocks, ParallelLoop.Binding binding) {
    return new ParallelLoop(
        context,
        ParallelCopy.class.getSimpleName(),
        ParallelRange.ofRows(Math.toIntExact(blocks.count())),
        binding);
  }
}
