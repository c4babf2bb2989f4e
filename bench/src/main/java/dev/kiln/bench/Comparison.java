package dev.kiln.bench;

import dev.kiln.bench.driver.Job;
import dev.kiln.bench.driver.Purpose;
import dev.kiln.bench.driver.UnsupportedWorkloadException;
import dev.kiln.bench.peer.PeerFailedException;
import dev.kiln.bench.peer.PeerProcess;
import dev.kiln.bench.report.Conditions;
import dev.kiln.bench.report.Measurement;
import dev.kiln.bench.report.Sameness;
import dev.kiln.bench.report.WorkloadResult;
import dev.kiln.bench.workload.Exchange;
import dev.kiln.bench.workload.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures peers on a workload. First each one trains ten steps from the same weights, to see that
 * all train the same network: where it has dropout, in a process of its own and without it. Then
 * all are started, warmed up and, while all stay, run in turn: A B C A B C, so that whatever else
 * the machine does meets all alike.
 */
final class Comparison {

  private static final int CHECKED_STEPS = 10;

  /** A peer too slow for all steps of the check is checked by fewer. */
  private static final double CHECK_SECONDS = 60;

  /** What a peer is told on a workload besides its turns: check, start and warm-up. */
  private static final int OTHER_PARTS = 3;

  private final Conditions conditions;
  private final Path folder;
  private final Progress progress;

  /**
   * Creates a comparison.
   *
   * @param conditions how it is measured
   * @param folder where exchange files and logs are written
   * @param progress is told what is being done
   */
  Comparison(Conditions conditions, Path folder, Progress progress) {
    this.conditions = conditions;
    this.folder = folder;
    this.progress = progress;
  }

  /** Returns how many parts a workload counts for in the progress. */
  static long parts(Conditions conditions, int peers) {
    return (long) peers * (conditions.rounds() + OTHER_PARTS);
  }

  /**
   * Measures peers on a workload.
   *
   * @param commands the driver of each peer by its name; the first one is what others are compared
   *     with, and must be able to do every workload
   * @throws PeerFailedException if that one ends by itself; the failure of another is in the result
   */
  WorkloadResult run(Workload workload, Map<String, List<String>> commands)
      throws IOException, InterruptedException {
    Path exchange = folder.resolve(workload.name() + ".safetensors");
    Exchange.draw(workload).write(exchange);
    Map<String, String> absent = new LinkedHashMap<>();
    Map<String, String> failed = new LinkedHashMap<>();
    List<Contender> contenders = new ArrayList<>();
    try {
      List<Double> kiln = List.of();
      for (Map.Entry<String, List<String>> peer : commands.entrySet()) {
        Start start = new Start(peer.getKey(), peer.getValue(), workload, exchange);
        try {
          Started started = start(start);
          kiln = kiln.isEmpty() ? started.losses : kiln;
          contenders.add(started.contender(start.peer, Sameness.of(started.losses, kiln)));
        } catch (UnsupportedWorkloadException unsupported) {
          absent.put(peer.getKey(), String.valueOf(unsupported.getMessage()));
          progress.done(conditions.rounds() + OTHER_PARTS);
        } catch (PeerFailedException failure) {
          if (kiln.isEmpty()) {
            throw failure;
          }
          failed.put(peer.getKey(), String.valueOf(failure.getMessage()));
          progress.done(conditions.rounds() + OTHER_PARTS);
        }
      }
      takeTurns(workload, contenders, failed);
      List<Measurement> measurements = new ArrayList<>();
      for (Contender contender : contenders) {
        if (!failed.containsKey(contender.peer())) {
          measurements.add(contender.measurement());
        }
      }
      return new WorkloadResult(workload, measurements, absent, failed);
    } finally {
      contenders.forEach(Contender::close);
    }
  }

  /** What a process is started with. */
  private record Start(String peer, List<String> command, Workload workload, Path exchange) {}

  private PeerProcess open(Start start, Purpose purpose) throws IOException {
    String threads = String.valueOf(conditions.threads());
    return PeerProcess.start(
        start.peer,
        start.command,
        new Job(start.workload.name(), start.exchange, purpose),
        Map.of("OMP_NUM_THREADS", threads, "MKL_NUM_THREADS", threads),
        folder.resolve(start.peer + ".log"));
  }

  /**
   * A process that has made its first steps.
   *
   * @param process the process, which is measured
   * @param seconds from its start to the end of its first step
   * @param losses what the check is made by
   */
  private record Started(PeerProcess process, double seconds, List<Double> losses) {

    Contender contender(String peer, Sameness sameness) {
      return new Contender(peer, process, sameness, seconds);
    }
  }

  private List<Double> check(Start start) throws IOException {
    progress.at("%s: checking %s".formatted(start.workload.name(), start.peer));
    try (PeerProcess process = open(start, Purpose.CHECK)) {
      return losses(process, process.step());
    }
  }

  private static List<Double> losses(PeerProcess process, double first) throws IOException {
    List<Double> losses = new ArrayList<>(List.of(first));
    while (losses.size() < CHECKED_STEPS && process.age().toSeconds() < CHECK_SECONDS) {
      losses.add(process.step());
    }
    return losses;
  }

  private Started start(Start start) throws IOException {
    // Both are one model where there is no dropout to leave out.
    boolean asMeasured = start.workload.checked().equals(start.workload.model());
    List<Double> checked = asMeasured ? List.of() : check(start);
    progress.done(1);
    progress.at("%s: starting %s".formatted(start.workload.name(), start.peer));
    PeerProcess process = open(start, Purpose.MEASURE);
    boolean complete = false;
    try {
      double first = process.step();
      double seconds = process.age().toNanos() / 1e9;
      List<Double> losses = asMeasured ? losses(process, first) : checked;
      complete = true;
      progress.done(1);
      return new Started(process, seconds, losses);
    } finally {
      if (!complete) {
        process.close();
      }
    }
  }

  /**
   * Gives each contender its turns. One that fails has no more of them, and the others go on;
   * without the first one there is nothing to compare with.
   */
  private void takeTurns(Workload workload, List<Contender> contenders, Map<String, String> failed)
      throws IOException, InterruptedException {
    for (int round = 0; round <= conditions.rounds(); round++) {
      for (Contender contender : contenders) {
        progress.at(
            "%s: %s, %s"
                .formatted(
                    workload.name(),
                    round == 0 ? "warm-up" : "turn %d/%d".formatted(round, conditions.rounds()),
                    contender.peer()));
        if (!failed.containsKey(contender.peer())) {
          try {
            takeTurn(workload, contender, round);
          } catch (PeerFailedException failure) {
            if (contender == contenders.getFirst()) {
              throw failure;
            }
            failed.put(contender.peer(), String.valueOf(failure.getMessage()));
          }
        }
        progress.done(1);
      }
    }
  }

  private void takeTurn(Workload workload, Contender contender, int round)
      throws IOException, InterruptedException {
    if (round == 0) {
      contender.warmUp(conditions);
    } else {
      contender.takeTurn(conditions, workload.batch());
    }
  }
}
