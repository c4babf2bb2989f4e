package dev.kiln.cpu.onednn;

import dev.kiln.backend.Op;
import dev.kiln.op.OneHot;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Compiles operations that look up a row for every index, divided among all threads. */
final class ParallelLookup {

  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

  private ParallelLookup() {}

  /** Compiles {@code indices, weight [rows, features] -> y [indices..., features]}. */
  static Op embedding(OpContext context, List<TensorType> inputs) {
    TensorType places = inputs.get(0);
    int rows = inputs.get(1).shape().dim(0);
    int features = inputs.get(1).shape().dim(1);
    return loop(
        context,
        ParallelRange.ofRows(Math.toIntExact(places.elements())),
        (sources, results) -> {
          Tensor indices = Tensor.wrap(places, sources.get(0));
          MemorySegment weight = sources.get(1);
          MemorySegment y = results.getFirst();
          return (start, end) -> {
            for (int place = start; place < end; place++) {
              long row = (long) indices.get(place);
              long to = (long) place * features;
              if (row >= 0 && row < rows) {
                MemorySegment.copy(
                    weight,
                    FLOAT,
                    row * features * Float.BYTES,
                    y,
                    FLOAT,
                    to * Float.BYTES,
                    features);
              } else {
                FloatMemory.fill(y, to, features, Float.NaN);
              }
            }
          };
        });
  }

  /**
   * Compiles {@code indices, dy [indices..., features] -> dweight [rows, features]}. The features
   * are divided among the threads, so that each sums its own in the order of the places.
   */
  static Op embeddingGrad(OpContext context, TensorType places, TensorType dweight) {
    int rows = dweight.shape().dim(0);
    int features = dweight.shape().dim(1);
    int count = Math.toIntExact(places.elements());
    return loop(
        context,
        ParallelRange.ofElements(features),
        (sources, results) -> {
          Tensor indices = Tensor.wrap(places, sources.get(0));
          MemorySegment dy = sources.get(1);
          MemorySegment sums = results.getFirst();
          return (start, end) -> {
            int width = end - start;
            for (int row = 0; row < rows; row++) {
              FloatMemory.fill(sums, (long) row * features + start, width, 0);
            }
            for (int place = 0; place < count; place++) {
              long row = (long) indices.get(place);
              if (row >= 0 && row < rows) {
                add(dy, (long) place * features + start, sums, row * features + start, width);
              }
            }
          };
        });
  }

  /** Compiles {@code indices -> y [indices..., depth]}. */
  static Op oneHot(OpContext context, OneHot oneHot, TensorType places) {
    int depth = oneHot.depth();
    return loop(
        context,
        ParallelRange.ofRows(Math.toIntExact(places.elements())),
        (sources, results) -> {
          Tensor indices = Tensor.wrap(places, sources.getFirst());
          MemorySegment y = results.getFirst();
          return (start, end) -> {
            for (int place = start; place < end; place++) {
              long index = (long) indices.get(place);
              long to = (long) place * depth;
              if (index >= 0 && index < depth) {
                FloatMemory.fill(y, to, depth, 0);
                y.setAtIndex(FLOAT, to + index, 1);
              } else {
                FloatMemory.fill(y, to, depth, Float.NaN);
              }
            }
          };
        });
  }

  private static void add(MemorySegment from, long source, MemorySegment to, long sum, int count) {
    for (int i = 0; i < count; i++) {
      to.setAtIndex(
          FLOAT, sum + i, to.getAtIndex(FLOAT, sum + i) + from.getAtIndex(FLOAT, source + i));
    }
  }

  private static Op loop(OpContext context, ParallelRange range, ParallelLoop.Binding binding) {
    return new ParallelLoop(context, ParallelLookup.class.getSimpleName(), range, binding);
  }
}
