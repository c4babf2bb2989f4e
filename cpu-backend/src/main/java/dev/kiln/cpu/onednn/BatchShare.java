package dev.kiln.cpu.onednn;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The sequences of a batch that one thread computes, from the first turn to the last.
 *
 * @param thread which one
 * @param first the first of its sequences
 * @param sequences how many it has
 */
record BatchShare(int thread, int first, int sequences) {

  /** Divides a batch among all threads, those with one sequence more first. */
  static List<BatchShare> of(int batch, int threads) {
    int larger = batch % threads;
    return IntStream.range(0, threads)
        .mapToObj(thread ->
            new BatchShare(
                thread,
                thread * (batch / threads) + Math.min(thread, larger),
                batch / threads + (thread < larger ? 1 : 0)))
        .toList();
  }
}
