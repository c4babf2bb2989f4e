package dev.kiln.bench.report;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A comparison: what was measured, where and how.
 *
 * @param machine the machine
 * @param commit the state of Kiln's sources, or empty where they are not in git
 * @param began when it began
 * @param conditions how it was measured
 * @param results one for each workload, in order
 * @param commits what the commits are that were compared, by the peer's name; empty where none were
 * @param absent the peers that could not be started, with the reason
 */
public record Report(
    Machine machine,
    Optional<String> commit,
    Instant began,
    Conditions conditions,
    List<WorkloadResult> results,
    Map<String, String> commits,
    Map<String, String> absent) {

  /** More than this share of the processors in the hands of others, and figures mean little. */
  private static final double DISTURBED = 0.05;

  /**
   * Kiln's advantage over a peer in all.
   *
   * @param geometricMean of the medians of all workloads that both can do
   * @param smallest the smallest of these medians
   * @param workloads how many they are
   */
  public record Advantage(double geometricMean, double smallest, int workloads) {}

  /** Returns what the others are compared with: Kiln on its first backend, or a commit of it. */
  public String first() {
    return results.getFirst().kiln().peer();
  }

  /** Returns Kiln's advantage over every peer. */
  public Map<String, Advantage> advantages() {
    Map<String, Advantage> advantages = new LinkedHashMap<>();
    results.stream()
        .flatMap(result -> result.measurements().stream().skip(1).map(Measurement::peer))
        .distinct()
        .forEach(peer -> advantages.put(peer, advantage(peer)));
    return advantages;
  }

  private Advantage advantage(String peer) {
    List<Double> medians =
        results.stream().flatMap(result -> result.advantage(peer).stream()).toList();
    double logarithms = medians.stream().mapToDouble(Math::log).average().orElseThrow();
    double smallest = medians.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    return new Advantage(Math.exp(logarithms), smallest, medians.size());
  }

  /** Returns a warning if other programs took part in what was measured. */
  public Optional<String> warning() {
    double worst =
        results.stream()
            .flatMap(result -> result.measurements().stream())
            .mapToDouble(measured -> measured.disturbance().median())
            .max()
            .orElse(0);
    return worst <= DISTURBED
        ? Optional.empty()
        : Optional.of(
            "Other programs had up to %.0f%% of the processors while this was measured, which slows each peer differently: measure again on a quiet machine."
                .formatted(100 * worst));
  }
}
