package dev.kiln.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One epoch of a training.
 *
 * @param number the epoch, counted from 1
 * @param learningRate the learning rate of its last update
 * @param training the metrics over the training data while they were learned from
 * @param validation the metrics over the validation data at its end; empty without one
 * @param resumed whether it was gone on with in its midst, so that times are those since then
 * @param seconds how long it took
 * @param samplesPerSecond training samples by training time
 * @param best whether it was better than every one before
 * @param scaling how gradients were scaled at its end; empty unless in fp16
 */
public record Epoch(
    long number,
    double learningRate,
    Map<String, Double> training,
    Map<String, Double> validation,
    boolean resumed,
    double seconds,
    double samplesPerSecond,
    boolean best,
    Optional<GradientScaling> scaling) {

  /** Copies the maps, keeping their order. */
  public Epoch {
    training = Collections.unmodifiableMap(new LinkedHashMap<>(training));
    validation = Collections.unmodifiableMap(new LinkedHashMap<>(validation));
  }

  /** Returns the epoch as JSON has it. */
  Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("number", number);
    values.put("learningRate", Json.number(learningRate));
    values.put("training", numbers(training));
    values.put("validation", numbers(validation));
    values.put("resumed", resumed);
    values.put("seconds", Json.number(seconds));
    values.put("samplesPerSecond", Json.number(samplesPerSecond));
    values.put("best", best);
    values.put("scaling", scaling.map(GradientScaling::toMap).orElse(null));
    return values;
  }

  private static Map<String, @Nullable Double> numbers(Map<String, Double> metrics) {
    Map<String, @Nullable Double> numbers = new LinkedHashMap<>();
    metrics.forEach((name, value) -> numbers.put(name, Json.number(value)));
    return numbers;
  }
}
