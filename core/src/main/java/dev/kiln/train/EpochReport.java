package dev.kiln.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What happened in one epoch.
 *
 * @param epoch the epoch, from 0
 * @param updates the updates made so far
 * @param rate the learning rate of its last update
 * @param training metrics over the epoch's batches while they were trained on, {@code loss} first
 * @param validation metrics over the validation set at its end, {@code loss} first; empty without
 *     one
 * @param resumed whether it was gone on with in its midst, so that times are those since then
 * @param seconds how long it took, validation included
 * @param samplesPerSecond training samples by training time
 * @param dataWaitShare the share of the training time spent waiting for data, in [0, 1]
 * @param best whether the followed metric is the best so far
 * @param scaledGradients how gradients were scaled at its end; empty unless in fp16
 */
public record EpochReport(
    long epoch,
    long updates,
    double rate,
    Map<String, Double> training,
    Map<String, Double> validation,
    boolean resumed,
    double seconds,
    double samplesPerSecond,
    double dataWaitShare,
    boolean best,
    Optional<ScaledGradients> scaledGradients) {

  /** Copies the maps, keeping their order. */
  public EpochReport {
    training = Collections.unmodifiableMap(new LinkedHashMap<>(training));
    validation = Collections.unmodifiableMap(new LinkedHashMap<>(validation));
  }
}
