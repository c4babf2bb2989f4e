package dev.kiln.bench.workload;

import dev.kiln.models.zoo.Zoo;
import dev.kiln.nn.Activation;
import dev.kiln.nn.Dropout;
import dev.kiln.nn.Flatten;
import dev.kiln.nn.Identity;
import dev.kiln.nn.Layer;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Model;
import dev.kiln.nn.Models;
import dev.kiln.nn.Recurrent;
import dev.kiln.nn.Sequential;
import dev.kiln.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The catalogue of workloads. */
public final class Workloads {

  private static final int CLASSES = 10;
  private static final int CHARACTERS = 65;

  private static final List<Workload> ALL =
      List.of(
          image("mlp", "mlp", 64, Shape.of(1, 28, 28)),
          image("lenet-64", "lenet", 64, Shape.of(1, 28, 28)),
          image("lenet-256", "lenet", 256, Shape.of(1, 28, 28)),
          image("vgg6bn", "vgg6bn", 64, Shape.of(3, 32, 32)),
          image("resnet18", "resnet18", 128, Shape.of(3, 32, 32)),
          rows("rnn", Recurrent.rnn(128)),
          rows("gru", Recurrent.gru(128)),
          rows("lstm", Recurrent.lstm(128)),
          characters("char-lstm", Recurrent.lstm(256).withLayers(2), 32),
          characters("char-gru", Recurrent.gru(256).withLayers(2), 32),
          SequenceToSequence.workload());

  /** As large as a GPU needs them to be busy. */
  private static final List<Workload> LARGE =
      List.of(
          image("resnet18-256", "resnet18", 256, Shape.of(3, 32, 32)),
          image("resnet18-1024", "resnet18", 1024, Shape.of(3, 32, 32)),
          characters("char-lstm-1024", Recurrent.lstm(1024).withLayers(2), 128),
          characters("char-gru-1024", Recurrent.gru(1024).withLayers(2), 128));

  private static final List<String> CPU_ALONE = List.of("resnet18", "char-lstm", "char-gru");

  private Workloads() {}

  /** Returns the workloads of a GPU, in the order of reports: the large ones instead of some. */
  public static List<Workload> ofGpu() {
    return Stream.concat(
            ALL.stream().filter(workload -> !CPU_ALONE.contains(workload.name())), LARGE.stream())
        .toList();
  }

  private static Stream<Workload> every() {
    return Stream.concat(ALL.stream(), LARGE.stream());
  }

  /** Returns the workloads of a CPU, in the order of reports. */
  public static List<Workload> all() {
    return ALL;
  }

  /** Returns the names of all workloads, those of a GPU last. */
  public static List<String> names() {
    return every().map(Workload::name).toList();
  }

  /**
   * Returns a workload.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  public static Workload find(String name) {
    return every()
        .filter(workload -> workload.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "there is no workload '%s'; there are %s".formatted(name, names())));
  }

  /** Returns a perceptron on 28x28 images with a number of hidden layers of 256 units. */
  public static Workload deepPerceptron(int depth) {
    List<Layer> layers = new ArrayList<>(List.of(new Flatten()));
    for (int i = 0; i < depth; i++) {
      layers.add(Linear.of(256));
      layers.add(Activation.RELU);
    }
    layers.add(Linear.of(CLASSES));
    return classifier(
        "mlp-" + depth,
        "%d hidden layers of 256".formatted(depth),
        64,
        new Field.Normal(Shape.of(1, 28, 28)),
        new Field.Labels(Shape.of(), CLASSES),
        new Sequential(layers));
  }

  /** Returns a stack of a number of layers of LSTM with 128 units over 28 rows of 28 pixels. */
  public static Workload deepLstm(int depth) {
    return rows("lstm-" + depth, Recurrent.lstm(128).withLayers(depth));
  }

  private static Workload image(String name, String model, int batch, Shape image) {
    Layer network = Zoo.find(model).build(image, CLASSES);
    return classifier(
        name,
        "%s on images %s".formatted(model, image),
        batch,
        new Field.Normal(image),
        new Field.Labels(Shape.of(), CLASSES),
        network);
  }

  /** The rows of an image as the steps of a sequence, classified after the last one. */
  private static Workload rows(String name, Recurrent layer) {
    return classifier(
        name,
        "%s over 28 steps of 28 features, last step".formatted(layer.describe()),
        64,
        new Field.Normal(Shape.of(28, 28)),
        new Field.Labels(Shape.of(), CLASSES),
        Sequential.of(layer.lastStep(), Linear.of(CLASSES)));
  }

  /** A language model of characters: the next one is predicted at every step. */
  private static Workload characters(String name, Recurrent stack, int batch) {
    Shape steps = Shape.of(100);
    return classifier(
        name,
        "%s over 100 steps of 65 characters, every step".formatted(stack.describe()),
        batch,
        new Field.OneHot(steps, CHARACTERS),
        new Field.Labels(steps, CHARACTERS),
        Sequential.of(stack, Linear.of(CHARACTERS)));
  }

  private static Workload classifier(
      String name, String description, int batch, Field features, Field labels, Layer network) {
    Map<String, Field> fields = new LinkedHashMap<>();
    fields.put("features", features);
    fields.put("labels", labels);
    Model model = Models.classifier(network);
    Layer checked = withoutDropout(network);
    return new Workload(
        name,
        description,
        batch,
        fields,
        model,
        checked.equals(network) ? model : Models.classifier(checked));
  }

  /** The layers keep their places, and so their parameters' names. */
  private static Layer withoutDropout(Layer network) {
    return network instanceof Sequential sequential
            && sequential.layers().stream().anyMatch(Dropout.class::isInstance)
        ? new Sequential(
            sequential.layers().stream()
                .map(layer -> layer instanceof Dropout ? new Identity() : layer)
                .toList())
        : network;
  }
}
