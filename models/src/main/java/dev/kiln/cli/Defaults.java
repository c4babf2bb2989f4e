package dev.kiln.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kiln.backend.Precision;
import dev.kiln.train.Monitor;
import java.util.Map;

/**
 * What is usual where nothing is said: for a data set its model and length, for an optimizer its
 * rate.
 */
final class Defaults {

  /** What is usual for a data set. */
  private record Usual(String model, int epochs, int batch) {}

  private static final String DATA = "digits";
  private static final String OPTIMIZER = "adam";

  private static final Map<String, Usual> BY_DATA =
      Map.ofEntries(
          Map.entry("digits", new Usual("digits-cnn", 20, 32)),
          Map.entry("fashion-mnist", new Usual("lenet", 5, 64)),
          Map.entry("mnist", new Usual("lenet", 5, 64)),
          Map.entry("cifar10", new Usual("vgg6bn", 20, 64)),
          Map.entry("breast-cancer", new Usual("mlp", 30, 32)),
          Map.entry("co2", new Usual("gru", 30, 32)),
          Map.entry("sunspots", new Usual("gru", 40, 32)),
          Map.entry("spell-to-sound", new Usual("seq2seq-attention", 3, 64)),
          Map.entry("csv", new Usual("mlp", 30, 32)),
          Map.entry("words", new Usual("language-id", 3, 128)),
          Map.entry("text", new Usual("char-lm", 2, 64)));

  private static final Usual ELSE = new Usual("mlp", 10, 64);

  private static final Map<String, String> DATA_BY_MODEL =
      Map.of(
          "lenet", "fashion-mnist",
          "vgg6bn", "cifar10",
          "resnet18", "cifar10",
          "language-id", "words",
          "char-lm", "text",
          "seq2seq", "spell-to-sound",
          "seq2seq-attention", "spell-to-sound");

  private static final Map<String, Double> RATES =
      Map.of(
          "sgd", 0.05,
          "momentum", 0.01,
          "nesterov", 0.01,
          "adagrad", 0.01,
          "adadelta", 1.0,
          "nadam", 0.002);

  private static final double ELSE_RATE = 0.001;

  private Defaults() {}

  /** Returns a value for every key that must have one, given those that were asked for. */
  static ObjectNode of(ObjectNode asked) {
    String data =
        asked.path("data").asText(DATA_BY_MODEL.getOrDefault(asked.path("model").asText(), DATA));
    Usual usual = BY_DATA.getOrDefault(data, ELSE);
    String optimizer = asked.path("optimizer").asText(OPTIMIZER);
    ObjectNode values = ConfigLayers.JSON.createObjectNode();
    values.put("model", usual.model);
    values.put("data", data);
    values.put("epochs", usual.epochs);
    values.put("batch", usual.batch);
    values.put("optimizer", optimizer);
    values.put("lr", RATES.getOrDefault(optimizer, ELSE_RATE));
    values.put("schedule", ScheduleKind.CONSTANT.toString());
    values.put("warm-up", 0);
    values.put("accumulate", 1);
    values.putArray("augment");
    values.putArray("metrics");
    values.put("monitor", Monitor.LOSS);
    values.put("patience", 0);
    values.put("seed", 1);
    values.put("precision", Precision.FLOAT32.toString());
    values.put("device", 0);
    values.put("deterministic", false);
    return values;
  }
}
