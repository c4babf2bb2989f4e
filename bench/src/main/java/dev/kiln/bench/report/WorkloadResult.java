package dev.kiln.bench.report;

import dev.kiln.bench.workload.Workload;
import java.util.List;
import java.util.Map;

/**
 * What was measured on a workload.
 *
 * @param workload the workload
 * @param measurements one for each peer that can do it, Kiln's preferred backend first
 * @param absent the others, with the reason
 */
public record WorkloadResult(
    Workload workload, List<Measurement> measurements, Map<String, String> absent) {

  /** Returns how many times as fast the first one was as another, turn by turn. */
  public Series advantage(Measurement over) {
    return measurements.getFirst().samplesPerSecond().ratios(over.samplesPerSecond());
  }
}
