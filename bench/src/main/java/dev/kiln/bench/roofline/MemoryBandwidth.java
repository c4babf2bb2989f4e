package dev.kiln.bench.roofline;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The triad of STREAM (McCalpin 1995): {@code a = b + s c} over arrays that no cache holds. */
final class MemoryBandwidth {

  /** 64 MiB each. */
  private static final int LENGTH = 1 << 24;

  private static final int ARRAYS = 3;
  private static final int REPEATS = 10;

  private MemoryBandwidth() {}

  /** Returns the best of several repeats, in bytes per second: each array is counted once. */
  static double best(int threads) throws InterruptedException {
    float[] a = new float[LENGTH];
    float[] b = new float[LENGTH];
    float[] c = new float[LENGTH];
    double best = 0;
    for (int repeat = 0; repeat < REPEATS; repeat++) {
      long nanos = pass(a, b, c, threads);
      best = Math.max(best, (double) ARRAYS * Float.BYTES * LENGTH / nanos * 1e9);
    }
    return best;
  }

  private static long pass(float[] a, float[] b, float[] c, int threads)
      throws InterruptedException {
    CountDownLatch go = new CountDownLatch(1);
    List<Thread> team = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int from = (int) ((long) LENGTH * i / threads);
      int to = (int) ((long) LENGTH * (i + 1) / threads);
      team.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  go.await();
                } catch (InterruptedException interrupted) {
                  Thread.currentThread().interrupt();
                  return;
                }
                triad(a, b, c, from, to);
              }));
    }
    long begin = System.nanoTime();
    go.countDown();
    for (Thread thread : team) {
      thread.join();
    }
    return System.nanoTime() - begin;
  }

  private static void triad(float[] a, float[] b, float[] c, int from, int to) {
    for (int i = from; i < to; i++) {
      a[i] = b[i] + 3 * c[i];
    }
  }
}
