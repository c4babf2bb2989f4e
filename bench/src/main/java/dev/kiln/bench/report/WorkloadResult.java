package dev.kiln.bench.report;

import dev.kiln.bench.workload.Workload;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was measured on a workload.
 *
 * @param workload the workload
 * @param measurements one for each peer that can do it, Kiln's preferred backend first
 * @param absent those that cannot, with the reason
 * @param failed those that should have been able to and ended by themselves, with what they wrote
 */
public record WorkloadResult(
    Workload workload,
    List<Measurement> measurements,
    Map<String, String> absent,
    Map<String, String> failed) {

  /** Returns the measurement that others are compared with. */
  public Measurement kiln() {
    return measurements.getFirst();
  }

  /** Returns whether it is the measurement that others are compared with. */
  public boolean isKiln(Measurement measured) {
    return measured.peer().equals(kiln().peer());
  }

  /** Returns how many times as fast Kiln was as another, turn by turn. */
  public Series advantage(Measurement over) {
    return kiln().samplesPerSecond().ratios(over.samplesPerSecond());
  }

  /** Returns the median of Kiln's advantage over a peer, if that was measured. */
  public Optional<Double> advantage(String peer) {
    return measurements.stream()
        .filter(measured -> measured.peer().equals(peer))
        .findFirst()
        .map(measured -> advantage(measured).median());
  }
}
