package dev.kiln.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.kiln.backend.AlgorithmChoice;
import dev.kiln.backend.ComputeOptions;
import dev.kiln.backend.Precision;
import dev.kiln.data.Gaps;
import dev.kiln.metrics.Direction;
import dev.kiln.metrics.Metric;
import dev.kiln.train.Monitor;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Everything a training depends on, as {@code config.json} in its folder holds it and as a {@code
 * --config} file may. The keys are the long options without their dashes. It is made by {@link
 * ConfigLayers} alone.
 *
 * @param model the name of the model in the zoo
 * @param data the name of the data set
 * @param dataDir where the data set's files are, where they are not in the usual place
 * @param epochs the passes over the training data
 * @param batch the samples of a batch
 * @param lr the learning rate, the highest of the schedule
 * @param optimizer the name of the optimizer
 * @param schedule how the learning rate changes
 * @param warmUp over how many updates the learning rate first rises
 * @param clipNorm the largest Euclidean norm of all gradients together
 * @param clipValue the largest magnitude of a gradient
 * @param accumulate over how many batches gradients are averaged before an update
 * @param augment random changes of the training images
 * @param metrics what is measured besides the loss; empty for what is usual for the task
 * @param monitor the metric that decides which epoch was best
 * @param gaps what is done about missing values of a series; null for what is usual
 * @param patience after how many epochs without a new best training stops; 0 for never
 * @param seed of everything random
 * @param precision how exactly it is computed
 * @param backend the name of the backend, or null for the preferred one
 * @param device the number of the device, from 0
 * @param deterministic whether algorithms are chosen without measuring, and that is proved
 * @param memory how much memory the CPU backends may hold
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonNaming(PropertyNamingStrategies.KebabCaseStrategy.class)
record RunConfig(
    String model,
    String data,
    @Nullable String dataDir,
    int epochs,
    int batch,
    double lr,
    String optimizer,
    ScheduleKind schedule,
    int warmUp,
    @Nullable Double clipNorm,
    @Nullable Double clipValue,
    int accumulate,
    List<Augmentation> augment,
    List<String> metrics,
    String monitor,
    @Nullable Gaps gaps,
    int patience,
    long seed,
    Precision precision,
    @Nullable String backend,
    int device,
    boolean deterministic,
    @Nullable String memory) {

  /**
   * Checks the values.
   *
   * @throws UsageException naming the option and its value
   */
  RunConfig {
    checkAtLeast("epochs", epochs, 1);
    checkAtLeast("batch", batch, 1);
    checkPositive("lr", lr);
    checkAtLeast("warm-up", warmUp, 0);
    checkAtLeast("accumulate", accumulate, 1);
    checkAtLeast("patience", patience, 0);
    checkAtLeast("device", device, 0);
    if (clipNorm != null) {
      checkPositive("clip-norm", clipNorm);
    }
    if (clipValue != null) {
      checkPositive("clip-value", clipValue);
    }
    if (clipNorm != null && clipValue != null) {
      throw new UsageException("gradients are clipped by --clip-norm or by --clip-value, not both");
    }
    augment = List.copyOf(augment);
    metrics = metrics.stream().map(name -> metric("metrics", name)).distinct().toList();
    String followed = Monitor.measured(monitor);
    followed = followed.equals(Monitor.LOSS) ? followed : metric("monitor", followed);
    monitor = Monitor.part(monitor) + followed;
    if (!followed.equals(Monitor.LOSS)
        && Metric.named(followed).direction() == Direction.DESCRIPTIVE) {
      throw new UsageException(
          "--monitor %s: no value of it is better than another; follow another metric"
              .formatted(monitor));
    }
  }

  /** Returns the usual name of a metric. */
  private static String metric(String option, String name) {
    try {
      return Metric.named(name).id();
    } catch (IllegalArgumentException unknown) {
      throw new UsageException(
          "--%s: %s"
              .formatted(
                  option,
                  NamedConstants.unknown(
                          "metric", name, Arrays.stream(Metric.values()).map(Metric::id).toList())
                      .getMessage()),
          unknown);
    }
  }

  /** Returns what is measured besides the loss, given what is usual for the task. */
  List<Metric> measured(List<Metric> usual) {
    Set<Metric> measured = new LinkedHashSet<>();
    if (metrics.isEmpty()) {
      measured.addAll(usual);
    } else {
      metrics.forEach(name -> measured.add(Metric.named(name)));
    }
    String followed = Monitor.measured(monitor);
    if (!followed.equals(Monitor.LOSS)) {
      measured.add(Metric.named(followed));
    }
    return List.copyOf(measured);
  }

  private static void checkAtLeast(String option, int value, int least) {
    if (value < least) {
      throw new UsageException("--%s must be at least %d, not %d".formatted(option, least, value));
    }
  }

  private static void checkPositive(String option, double value) {
    if (!(value > 0 && Double.isFinite(value))) {
      throw new UsageException("--%s must be a positive number, not %s".formatted(option, value));
    }
  }

  /** Returns how the backend is to compute. */
  ComputeOptions computing() {
    return new ComputeOptions(
        deterministic ? AlgorithmChoice.FIXED : AlgorithmChoice.MEASURED, precision);
  }

  /** Returns this configuration with the backend that was chosen. */
  RunConfig withBackend(String name) {
    return new RunConfig(
        model,
        data,
        dataDir,
        epochs,
        batch,
        lr,
        optimizer,
        schedule,
        warmUp,
        clipNorm,
        clipValue,
        accumulate,
        augment,
        metrics,
        monitor,
        gaps,
        patience,
        seed,
        precision,
        name,
        device,
        deterministic,
        memory);
  }

  /** Returns the keys of a configuration: the names of the options without their dashes. */
  static Set<String> keys() {
    return Arrays.stream(RunConfig.class.getRecordComponents())
        .map(RecordComponent::getName)
        .map(PropertyNamingStrategies.KebabCaseStrategy.INSTANCE::translate)
        .collect(Collectors.toUnmodifiableSet());
  }
}
