package dev.kiln.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What happened in one batch.
 *
 * @param epoch the epoch, from 0
 * @param batch the batch in the epoch, from 0
 * @param batchesPerEpoch how many batches an epoch has
 * @param samples the samples of the batch
 * @param loss its loss before the update
 * @param metrics of the epoch's samples so far, {@code loss} first; then those that need no
 *     predictions
 * @param rate the learning rate it was trained with
 */
public record BatchReport(
    long epoch,
    int batch,
    int batchesPerEpoch,
    int samples,
    double loss,
    Map<String, Double> metrics,
    double rate) {

  /** Copies the map, keeping its order. */
  public BatchReport {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }
}
