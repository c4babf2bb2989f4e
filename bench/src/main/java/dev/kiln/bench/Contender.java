package dev.kiln.bench;

import dev.kiln.bench.peer.PeerProcess;
import dev.kiln.bench.peer.PeerProcess.Pace;
import dev.kiln.bench.report.Conditions;
import dev.kiln.bench.report.Measurement;
import dev.kiln.bench.report.Sameness;
import dev.kiln.bench.report.Series;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A peer that takes its turns at a workload. It owns the process. */
final class Contender implements AutoCloseable {

  /** Native threads go on spinning for a while after their last work. */
  private static final int PAUSE_MILLIS = 300;

  /** A turn in which others have a larger share of the processors is worth repeating. */
  private static final double TOLERATED = 0.05;

  /** Just-in-time compilers and allocators need this long, whatever the length of a turn. */
  private static final double WARM_UP_SECONDS = 3;

  /** A peer whose single step takes this many turns has one turn only. */
  private static final double SLOW = 5;

  private final String peer;
  private final PeerProcess process;
  private final Sameness sameness;
  private final double startSeconds;
  private final List<Double> rates = new ArrayList<>();
  private final List<Double> disturbance = new ArrayList<>();
  private boolean slow;

  /**
   * Creates a contender.
   *
   * @param process has made its first step
   * @param startSeconds how long that took, from the start of the process
   */
  Contender(String peer, PeerProcess process, Sameness sameness, double startSeconds) {
    this.peer = peer;
    this.process = process;
    this.sameness = sameness;
    this.startSeconds = startSeconds;
  }

  String peer() {
    return peer;
  }

  void warmUp(Conditions conditions) throws IOException {
    Pace pace = process.run(Math.max(conditions.seconds(), WARM_UP_SECONDS));
    slow = pace.seconds() / pace.steps() > SLOW * conditions.seconds();
  }

  /** Runs until a turn was not disturbed or patience ends; the least disturbed one counts. */
  void takeTurn(Conditions conditions, int batch) throws IOException, InterruptedException {
    if (slow && !rates.isEmpty()) {
      return;
    }
    long begin = System.nanoTime();
    Pace best = run(conditions);
    while (best.disturbance() > TOLERATED
        && (System.nanoTime() - begin) / 1e9 < conditions.patience()) {
      Pace again = run(conditions);
      best = again.disturbance() < best.disturbance() ? again : best;
    }
    rates.add(best.samplesPerSecond(batch));
    disturbance.add(best.disturbance());
  }

  private Pace run(Conditions conditions) throws IOException, InterruptedException {
    Thread.sleep(PAUSE_MILLIS);
    return process.run(conditions.seconds());
  }

  Measurement measurement() throws IOException {
    PeerProcess.MemoryUse memory = process.memory();
    return new Measurement(
        peer,
        process.version(),
        process.parameters(),
        sameness,
        new Series(rates),
        new Series(disturbance),
        memory.peakBytes(),
        memory.plannedBytes(),
        startSeconds);
  }

  @Override
  public void close() {
    process.close();
  }
}
