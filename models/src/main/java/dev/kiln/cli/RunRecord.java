package dev.kiln.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kiln.backend.Backend;
import dev.kiln.models.Numbers;
import dev.kiln.nn.Network;
import dev.kiln.nn.Summary;
import dev.kiln.report.Epoch;
import dev.kiln.report.Facts;
import dev.kiln.report.FollowedMetric;
import dev.kiln.report.LayerRow;
import dev.kiln.train.Learner;
import dev.kiln.train.Monitor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is known of the training that a checkpoint comes from: its configuration, its environment
 * and its history, as far as they stand beside the checkpoint.
 *
 * @param folder the folder of the run
 */
record RunRecord(RunFolder folder) {

  /** Returns the record of the run that a checkpoint belongs to. */
  static RunRecord of(Path checkpoint) {
    return new RunRecord(new RunFolder(checkpoint.resolveSibling("")));
  }

  /** Returns the configuration by its keys, empty where the checkpoint stands alone. */
  Map<String, String> configuration() throws IOException {
    Map<String, String> entries = new LinkedHashMap<>();
    if (folder.exists()) {
      folder
          .readConfig()
          .properties()
          .forEach(entry -> entries.put(entry.getKey(), text(entry.getValue())));
    }
    return entries;
  }

  /** Returns the metric by which the training chose its best epoch. */
  FollowedMetric followed() throws IOException {
    String monitor = configuration().getOrDefault("monitor", Monitor.LOSS);
    return new FollowedMetric(Monitor.measured(monitor), monitor);
  }

  /** Returns where the data set's files were, where they were not in the usual place. */
  Optional<String> dataDir() throws IOException {
    return folder.exists()
        ? Optional.ofNullable(folder.readConfig().path("data-dir").textValue())
        : Optional.empty();
  }

  /** Returns a value as people read it: a list as its elements. */
  private static String text(JsonNode value) {
    if (value.isArray() && value.isEmpty()) {
      return "not given";
    }
    return value.isArray()
        ? value.valueStream().map(RunRecord::text).collect(Collectors.joining(", "))
        : value.asText();
  }

  /** Returns the epochs so far, empty where there is no history. */
  List<Epoch> history() throws IOException {
    return new History(folder).epochs();
  }

  /**
   * Returns what a report shows of the run.
   *
   * @param backend what evaluates it now
   */
  List<Facts> facts(Backend backend) throws IOException {
    List<Facts> facts = new ArrayList<>();
    facts.add(new Facts("Configuration", configuration()));
    Map<String, String> trained = RunEnvironment.read(folder);
    if (!trained.isEmpty()) {
      facts.add(new Facts("Trained on", trained));
    }
    facts.add(new Facts("Evaluated on", RunEnvironment.of(backend)));
    List<Epoch> history = history();
    if (!history.isEmpty()) {
      facts.add(new Facts("Time", time(history)));
    }
    return facts;
  }

  private static Map<String, String> time(List<Epoch> history) {
    double seconds = history.stream().mapToDouble(Epoch::seconds).sum();
    double fastest = history.stream().mapToDouble(Epoch::samplesPerSecond).max().orElse(0);
    List<Epoch> whole = history.stream().filter(epoch -> !epoch.resumed()).toList();
    Map<String, String> entries = new LinkedHashMap<>();
    entries.put("epochs", String.valueOf(history.size()));
    entries.put(
        "training and validation",
        Numbers.time(Duration.ofMillis((long) (1000 * seconds))) + withoutResumed(history));
    entries.put(
        "an epoch",
        whole.isEmpty()
            ? "unknown: every epoch was resumed in its midst"
            : String.format(
                Locale.ROOT,
                "%.2f s",
                whole.stream().mapToDouble(Epoch::seconds).average().orElse(0)));
    entries.put("fastest epoch", String.format(Locale.ROOT, "%,.0f samples/s", fastest));
    return entries;
  }

  private static String withoutResumed(List<Epoch> history) {
    String resumed =
        history.stream()
            .filter(Epoch::resumed)
            .map(epoch -> String.valueOf(epoch.number()))
            .collect(Collectors.joining(", "));
    return resumed.isEmpty()
        ? ""
        : ", of epoch %s only since the training was resumed".formatted(resumed);
  }

  /** Returns the layers of a model, for batches of one. */
  static List<LayerRow> layers(Learner learner) {
    Network network = learner.network();
    return Summary.of(network).rows().stream()
        .map(row -> new LayerRow(row.name(), row.kind(), row.output().toString(), row.parameters()))
        .toList();
  }

  /** Returns the folder that an evaluation is kept in where none is named. */
  Path evaluation(String data, String part) throws IOException {
    String trainedOn = configuration().getOrDefault("data", data);
    String name = trainedOn.equals(data) ? "evaluation-" + part : "evaluation-" + data + "-" + part;
    return folder.path().resolve(name);
  }
}
