package dev.kiln.bench;

import dev.kiln.bench.driver.Job;
import dev.kiln.bench.driver.Purpose;
import dev.kiln.bench.driver.UnsupportedWorkloadException;
import dev.kiln.bench.peer.PeerProcess;
import dev.kiln.bench.report.Conditions;
import dev.kiln.bench.report.Measurement;
import dev.kiln.bench.report.Sameness;
import dev.kiln.bench.report.Series;
import dev.kiln.bench.report.WorkloadResult;
import dev.kiln.bench.workload.Exchange;
import dev.kiln.bench.workload.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Measures peers on a workload. First each one trains ten steps from the same weights, in a process
 * of its own, to see that all train the same network. Then all are started, warmed up and, while
 * all stay, run in turn: A B C A B C, so that whatever else the machine does meets all alike.
 */
final class Comparison {

  private static final int CHECKED_STEPS = 10;

  /** Native threads go on spinning for a while after their last work. */
  private static final int PAUSE_MILLIS = 300;

  private final Conditions conditions;
  private final Path folder;
  private final Consumer<String> progress;

  /**
   * Creates a comparison.
   *
   * @param conditions how it is measured
   * @param folder where exchange files and logs are written
   * @param progress is told what is being done
   */
  Comparison(Conditions conditions, Path folder, Consumer<String> progress) {
    this.conditions = conditions;
    this.folder = folder;
    this.progress = progress;
  }

  /**
   * Measures peers on a workload.
   *
   * @param commands the driver of each peer by its name; the first one is what others are compared
   *     with, and must be able to do every workload
   */
  WorkloadResult run(Workload workload, Map<String, List<String>> commands)
      throws IOException, InterruptedException {
    Path exchange = folder.resolve(workload.name() + ".safetensors");
    Exchange.draw(workload).write(exchange);
    Map<String, String> absent = new LinkedHashMap<>();
    Map<String, List<Double>> losses = new LinkedHashMap<>();
    for (Map.Entry<String, List<String>> peer : commands.entrySet()) {
      progress.accept("%s: check of %s".formatted(workload.name(), peer.getKey()));
      try (PeerProcess process = start(workload, exchange, Purpose.CHECK, peer)) {
        losses.put(peer.getKey(), losses(process));
      } catch (UnsupportedWorkloadException unsupported) {
        absent.put(peer.getKey(), unsupported.getMessage());
      }
    }
    Map<String, List<String>> able = new LinkedHashMap<>(commands);
    able.keySet().removeAll(absent.keySet());
    List<Double> kiln = losses.values().iterator().next();
    List<Contender> contenders = new ArrayList<>();
    try {
      for (Map.Entry<String, List<String>> peer : able.entrySet()) {
        progress.accept("%s: start of %s".formatted(workload.name(), peer.getKey()));
        PeerProcess process = start(workload, exchange, Purpose.MEASURE, peer);
        Contender contender = new Contender(peer.getKey(), process);
        contenders.add(contender);
        process.step();
        contender.startSeconds = process.age().toNanos() / 1e9;
      }
      for (int round = 0; round <= conditions.rounds(); round++) {
        for (Contender contender : contenders) {
          progress.accept(
              "%s: %s of %s"
                  .formatted(
                      workload.name(),
                      round == 0 ? "warm-up" : "turn %d/%d".formatted(round, conditions.rounds()),
                      contender.peer));
          Thread.sleep(PAUSE_MILLIS);
          PeerProcess.Pace pace = contender.process.run(conditions.seconds());
          if (round > 0) {
            contender.rates.add(pace.samplesPerSecond(workload.batch()));
          }
        }
      }
      List<Measurement> measurements = new ArrayList<>();
      for (Contender contender : contenders) {
        measurements.add(
            new Measurement(
                contender.peer,
                contender.process.version(),
                contender.process.parameters(),
                Sameness.of(Objects.requireNonNull(losses.get(contender.peer)), kiln),
                new Series(contender.rates),
                contender.process.peakBytes(),
                contender.startSeconds));
      }
      return new WorkloadResult(workload, measurements, absent);
    } finally {
      contenders.forEach(contender -> contender.process.close());
    }
  }

  private PeerProcess start(
      Workload workload, Path exchange, Purpose purpose, Map.Entry<String, List<String>> peer)
      throws IOException {
    String threads = String.valueOf(conditions.threads());
    return PeerProcess.start(
        peer.getKey(),
        peer.getValue(),
        new Job(workload.name(), exchange, purpose),
        Map.of("OMP_NUM_THREADS", threads, "MKL_NUM_THREADS", threads),
        folder.resolve(peer.getKey() + ".log"));
  }

  private static List<Double> losses(PeerProcess process) throws IOException {
    List<Double> losses = new ArrayList<>();
    for (int step = 0; step < CHECKED_STEPS; step++) {
      losses.add(process.step());
    }
    return losses;
  }

  /** A peer that takes part in the rounds. */
  private static final class Contender {

    private final String peer;
    private final PeerProcess process;
    private final List<Double> rates = new ArrayList<>();
    private double startSeconds;

    Contender(String peer, PeerProcess process) {
      this.peer = peer;
      this.process = process;
    }
  }
}
