package dev.kiln.bench.guard;

import dev.kiln.backend.Backend;
import dev.kiln.bench.roofline.MatrixProduct;
import dev.kiln.bench.workload.Workload;
import dev.kiln.nn.Network;
import dev.kiln.tensor.Tensor;
import dev.kiln.train.Learner;
import dev.kiln.train.Optimizer;
import dev.kiln.train.Settings;
import java.util.List;

/**
 * How fast a workload is against the backend's own matrix product in the same process, so that the
 * machine's speed cancels. Both run in turn, a few hundredths of a second each, and the best turn
 * of each counts: other programs make turns slower, never faster.
 */
public final class SpeedRatio {

  private static final int PRODUCT_SIZE = 384;
  private static final double TURN_SECONDS = 0.03;
  private static final int WARM_UP_TURNS = 10;

  private final Backend backend;

  /** Creates a measurement on a backend, which stays open. */
  public SpeedRatio(Backend backend) {
    this.backend = backend;
  }

  /**
   * Measures for some time.
   *
   * @return the time of a product over the time of a training step: larger is faster
   */
  public double of(Workload workload, double seconds) {
    Network network = workload.network(workload.model());
    Settings settings = Settings.of(Optimizer.adam(Workload.RATE));
    try (MatrixProduct product = new MatrixProduct(backend, PRODUCT_SIZE);
        Learner learner = new Learner(backend, network, workload.sample(), settings)) {
      List<Tensor> batch = workload.drawBatch();
      Runnable step = () -> learner.train(batch);
      for (int i = 0; i < WARM_UP_TURNS; i++) {
        best(product::run);
        best(step);
      }
      double bestProduct = Double.MAX_VALUE;
      double bestStep = Double.MAX_VALUE;
      long end = System.nanoTime() + (long) (seconds * 1e9);
      do {
        bestProduct = Math.min(bestProduct, best(product::run));
        bestStep = Math.min(bestStep, best(step));
      } while (System.nanoTime() < end);
      return bestProduct / bestStep;
    }
  }

  /** Repeats something for a turn, at least once, and returns its shortest time in seconds. */
  private static double best(Runnable work) {
    long turn = System.nanoTime() + (long) (TURN_SECONDS * 1e9);
    double best = Double.MAX_VALUE;
    long now;
    do {
      long begin = System.nanoTime();
      work.run();
      now = System.nanoTime();
      best = Math.min(best, (now - begin) / 1e9);
    } while (now < turn);
    return best;
  }
}
