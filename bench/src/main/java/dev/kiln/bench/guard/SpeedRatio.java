package dev.kiln.bench.guard;

import dev.kiln.backend.Backend;
import dev.kiln.bench.workload.Workload;
import dev.kiln.nn.Network;
import dev.kiln.tensor.Tensor;
import dev.kiln.train.Learner;
import dev.kiln.train.Optimizer;
import dev.kiln.train.Settings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How fast a workload is against the backend's own matrix products in the same process, so that the
 * machine's speed cancels: a {@link ProductChain}, since a virtual machine may slow what passes
 * from core to core and leave arithmetic alone. It and training steps run in turn, a hundredth of a
 * second each, and what counts is the median over all turns: neighbours of a turn find the machine
 * in the same mood.
 */
public final class SpeedRatio {

  private static final double TURN_SECONDS = 0.01;

  /** The JVM compiles a step of many small operations for the last time after a second or two. */
  private static final int WARM_UP_TURNS = 150;

  private final Backend backend;

  /** Creates a measurement on a backend, which stays open. */
  public SpeedRatio(Backend backend) {
    this.backend = backend;
  }

  /**
   * Measures for some time.
   *
   * @param size of the matrices of the chain
   * @return the time of the chain over the time of a training step: larger is faster
   */
  public double of(Workload workload, int size, double seconds) {
    Network network = workload.network(workload.model());
    Settings settings = Settings.of(Optimizer.adam(Workload.RATE));
    try (ProductChain chain = new ProductChain(backend, size);
        Learner learner = new Learner(backend, network, workload.sample(), settings)) {
      List<Tensor> batch = workload.drawBatch();
      Runnable step = () -> learner.train(batch);
      for (int i = 0; i < WARM_UP_TURNS; i++) {
        turn(chain::run);
        turn(step);
      }
      List<Double> ratios = new ArrayList<>();
      long end = System.nanoTime() + (long) (seconds * 1e9);
      do {
        ratios.add(turn(chain::run) / turn(step));
      } while (System.nanoTime() < end);
      Collections.sort(ratios);
      return ratios.get(ratios.size() / 2);
    }
  }

  /** Repeats something for a turn, at least once, and returns its mean time in seconds. */
  private static double turn(Runnable work) {
    long begin = System.nanoTime();
    long end = begin + (long) (TURN_SECONDS * 1e9);
    int count = 0;
    long now;
    do {
      work.run();
      count++;
      now = System.nanoTime();
    } while (now < end);
    return (now - begin) / 1e9 / count;
  }
}
