package dev.kiln.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One epoch of a training.
 *
 * @param number the epoch, counted from 1
 * @param learningRate the learning rate of its last update
 * @param training the metrics over the training data while they were learned from
 * @param validation the metrics over the validation data at its end; empty without one
 * @param seconds how long it took
 * @param samplesPerSecond training samples by training time
 * @param best whether it was better than every one before
 */
public record Epoch(
    long number,
    double learningRate,
    Map<String, Double> training,
    Map<String, Double> validation,
    double seconds,
    double samplesPerSecond,
    boolean best) {

  /** The name of the loss among the metrics. */
  public static final String LOSS = "loss";

  /** Copies the maps, keeping their order. */
  public Epoch {
    training = Collections.unmodifiableMap(new LinkedHashMap<>(training));
    validation = Collections.unmodifiableMap(new LinkedHashMap<>(validation));
  }

  /** Returns the training loss, NaN if it was not measured. */
  double trainingLoss() {
    return training.getOrDefault(LOSS, Double.NaN);
  }

  /** Returns the validation loss, NaN if it was not measured. */
  double validationLoss() {
    return validation.getOrDefault(LOSS, Double.NaN);
  }

  /** Returns the epoch as JSON has it. */
  Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("number", number);
    values.put("learningRate", Json.number(learningRate));
    values.put("training", numbers(training));
    values.put("validation", numbers(validation));
    values.put("seconds", Json.number(seconds));
    values.put("samplesPerSecond", Json.number(samplesPerSecond));
    values.put("best", best);
    return values;
  }

  private static Map<String, @Nullable Double> numbers(Map<String, Double> metrics) {
    Map<String, @Nullable Double> numbers = new LinkedHashMap<>();
    metrics.forEach((name, value) -> numbers.put(name, Json.number(value)));
    return numbers;
  }
}
