package dev.kiln.cli;

import dev.kiln.metrics.Metric;
import dev.kiln.models.Numbers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * How several models did on the same data.
 *
 * @param config what held for all of them; its model and seed are those of the first training
 * @param backend what computed
 * @param metric what they are judged by, on the test set
 * @param rows one for each model
 * @param interrupted whether trainings are missing because a user stopped them
 */
record ComparisonTable(
    RunConfig config, String backend, Metric metric, List<Row> rows, boolean interrupted) {

  /** Copies the rows. */
  ComparisonTable {
    rows = List.copyOf(rows);
  }

  /**
   * One training.
   *
   * @param seed its seed
   * @param parameters how many numbers the model learns
   * @param memory the bytes of a training step, parameters and optimizer included
   * @param epochSeconds the mean time of an epoch, validation included
   * @param value the metric on the test set
   */
  record Training(long seed, long parameters, long memory, double epochSeconds, double value) {}

  /**
   * One model.
   *
   * @param model its name
   * @param trainings one for each seed, at least one
   */
  record Row(String model, List<Training> trainings) {

    private DoubleStream values() {
      return trainings.stream().mapToDouble(Training::value);
    }

    /** Returns the mean of the metric. */
    double mean() {
      return values().average().orElseThrow();
    }

    /** Returns the sample standard deviation of the metric; not a number for one seed. */
    double spread() {
      double mean = mean();
      double squares = values().map(value -> (value - mean) * (value - mean)).sum();
      return trainings.size() < 2 ? Double.NaN : Math.sqrt(squares / (trainings.size() - 1));
    }

    double epochSeconds() {
      return trainings.stream().mapToDouble(Training::epochSeconds).average().orElseThrow();
    }
  }

  /** Returns the table for people. */
  String render() {
    StringBuilder text = new StringBuilder();
    text.append(
        "%s: %s, batches of %d, %s, rate %s, on %s; best epoch by validation, judged on the test set%n%n"
            .formatted(
                config.data(),
                Numbers.count(config.epochs(), "epoch"),
                config.batch(),
                config.optimizer(),
                Numbers.shortest(config.lr()),
                backend));
    int width = Math.max(5, rows.stream().mapToInt(row -> row.model.length()).max().orElse(0));
    String left = "%-" + width + "s";
    text.append(left.formatted("model"));
    text.append("  parameters        memory  s/epoch  ").append(metric.id());
    text.append(System.lineSeparator());
    for (Row row : rows) {
      Training first = row.trainings.getFirst();
      text.append(left.formatted(row.model));
      text.append(
          String.format(
              Locale.ROOT,
              "  %,10d  %,12d  %7.2f  %s",
              first.parameters,
              first.memory,
              row.epochSeconds(),
              result(row)));
      text.append(System.lineSeparator());
    }
    if (interrupted) {
      text.append("interrupted; trainings that were not done are missing")
          .append(System.lineSeparator());
    }
    return text.toString();
  }

  private static String result(Row row) {
    String mean = Numbers.metric(row.mean());
    if (row.trainings.size() == 1) {
      return mean + " (one seed)";
    }
    return "%s +- %s (%s)"
        .formatted(
            mean,
            Numbers.metric(row.spread()),
            row.trainings.stream()
                .map(training -> Numbers.metric(training.value))
                .collect(Collectors.joining(", ")));
  }

  /** Returns the table for programs. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("data", config.data());
    map.put("epochs", config.epochs());
    map.put("batch", config.batch());
    map.put("optimizer", config.optimizer());
    map.put("learning_rate", config.lr());
    map.put("backend", backend);
    map.put("metric", metric.id());
    map.put("interrupted", interrupted);
    map.put(
        "models",
        rows.stream()
            .map(row -> {
              Map<String, Object> one = new LinkedHashMap<>();
              one.put("model", row.model);
              one.put("parameters", row.trainings.getFirst().parameters);
              one.put("memory_bytes", row.trainings.getFirst().memory);
              one.put("seconds_per_epoch", row.epochSeconds());
              one.put("mean", row.mean());
              one.put("spread", row.trainings.size() < 2 ? null : row.spread());
              one.put(
                  "seeds",
                  row.trainings.stream()
                      .collect(
                          Collectors.toMap(
                              training -> String.valueOf(training.seed),
                              Training::value,
                              (a, b) -> a,
                              LinkedHashMap::new)));
              return one;
            })
            .toList());
    return map;
  }
}
