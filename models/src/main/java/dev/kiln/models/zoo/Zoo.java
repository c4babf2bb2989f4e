package dev.kiln.models.zoo;

import dev.kiln.models.NearestName;
import dev.kiln.models.zoo.Architecture.ForFeatures;
import dev.kiln.models.zoo.Architecture.ForImages;
import dev.kiln.models.zoo.Architecture.ForSequencePairs;
import dev.kiln.models.zoo.Architecture.ForSteps;
import dev.kiln.models.zoo.Architecture.ForText;
import dev.kiln.models.zoo.Architecture.ForWords;
import dev.kiln.nn.Activation;
import dev.kiln.nn.BatchNorm;
import dev.kiln.nn.Conv2d;
import dev.kiln.nn.Dropout;
import dev.kiln.nn.Flatten;
import dev.kiln.nn.Layer;
import dev.kiln.nn.Linear;
import dev.kiln.nn.MaxPool2d;
import dev.kiln.nn.Recurrent;
import dev.kiln.nn.Sequential;
import dev.kiln.op.RecurrentCell;
import java.util.ArrayList;
import java.util.List;

/** The catalogue of networks that can be trained by name. */
public final class Zoo {

  private static final List<ModelEntry> ENTRIES =
      List.of(
          new ModelEntry(
              "perceptron",
              "One linear layer: a weighted sum of the features for every class.",
              new ForFeatures(Zoo::perceptron)),
          new ModelEntry(
              "mlp",
              "A multi-layer perceptron with one hidden layer of 128 units.",
              new ForFeatures(Zoo::mlp)),
          new ModelEntry(
              "digits-cnn",
              "A small convolutional network for images of 8x8 pixels that trains in seconds.",
              new ForImages(Zoo::digitsCnn)),
          new ModelEntry(
              "lenet",
              "LeNet with 20 and 50 filters of 5x5, for images of about 28x28 pixels.",
              new ForImages(Zoo::lenet)),
          new ModelEntry(
              "vgg6bn",
              "Six 3x3 convolutions with batch normalization after VGG, for images of 32x32"
                  + " pixels.",
              new ForImages(Zoo::vgg6bn)),
          new ModelEntry(
              "resnet18",
              "ResNet-18 in its form for CIFAR: a 3x3 stem and eight residual blocks.",
              new ForImages(ResNet18::new)),
          new ModelEntry(
              "cnn",
              "Two convolutions with pooling, for images of any size and for sequences.",
              new ForSteps(StepNetworks::convolutional)),
          new ModelEntry(
              "rnn",
              "A plain recurrent layer of 128 units over image rows or the steps of a sequence.",
              new ForSteps(StepNetworks.recurrent(RecurrentCell.RNN_TANH))),
          new ModelEntry(
              "gru",
              "A gated recurrent layer of 128 units over image rows or the steps of a sequence.",
              new ForSteps(StepNetworks.recurrent(RecurrentCell.GRU))),
          new ModelEntry(
              "lstm",
              "Long short-term memory of 128 units over image rows or the steps of a sequence.",
              new ForSteps(StepNetworks.recurrent(RecurrentCell.LSTM))),
          new ModelEntry(
              "language-id",
              "A GRU over the letters of a word in both directions, for telling its language.",
              new ForWords((letters, classes) ->
                  new WordClassifier(letters, 32, Recurrent.gru(128).inBothDirections(), classes))),
          new ModelEntry(
              "char-lm",
              "An LSTM of 256 units over the characters of a text that tells the next one.",
              new ForText(characters -> new LanguageModel(characters, 64, Recurrent.lstm(256)))),
          new ModelEntry(
              "seq2seq",
              "An encoder and a decoder of gated recurrent units, from one sequence to another.",
              new ForSequencePairs(SequenceToSequence::plain)),
          new ModelEntry(
              "seq2seq-attention",
              "An encoder and a decoder whose every step looks at the whole source.",
              new ForSequencePairs(SequenceToSequence::attentive)));

  private Zoo() {}

  /** Returns every network, the simplest first. */
  public static List<ModelEntry> entries() {
    return ENTRIES;
  }

  /** Returns the names of all networks, the simplest first. */
  public static List<String> names() {
    return ENTRIES.stream().map(ModelEntry::name).toList();
  }

  /**
   * Returns a network by its name.
   *
   * @throws UnknownModelException if there is none; the message lists the names and suggests one
   */
  public static ModelEntry find(String name) {
    return ENTRIES.stream()
        .filter(entry -> entry.name().equals(name))
        .findFirst()
        .orElseThrow(() -> {
          String suggestion =
              NearestName.of(name, names())
                  .map(nearest -> "; did you mean '" + nearest + "'?")
                  .orElse("");
          return new UnknownModelException(
              "there is no model '%s'; the models are %s%s"
                  .formatted(name, String.join(", ", names()), suggestion));
        });
  }

  private static Layer perceptron(int classes) {
    return Sequential.of(new Flatten(), Linear.of(classes));
  }

  private static Layer mlp(int classes) {
    return Sequential.of(new Flatten(), Linear.of(128), Activation.RELU, Linear.of(classes));
  }

  private static Layer digitsCnn(int classes) {
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      layers.add(Conv2d.of(32, 3).withSamePadding());
      layers.add(BatchNorm.of());
      layers.add(Activation.RELU);
      layers.add(MaxPool2d.of(2));
    }
    layers.add(new Flatten());
    layers.add(Linear.of(classes));
    return new Sequential(layers);
  }

  private static Layer lenet(int classes) {
    return Sequential.of(
        Conv2d.of(20, 5),
        Activation.RELU,
        MaxPool2d.of(2),
        Conv2d.of(50, 5),
        Activation.RELU,
        MaxPool2d.of(2),
        new Flatten(),
        Linear.of(500),
        Activation.RELU,
        Linear.of(classes));
  }

  private static Layer vgg6bn(int classes) {
    List<Layer> layers = new ArrayList<>();
    for (int channels : new int[] {32, 64, 128}) {
      for (int i = 0; i < 2; i++) {
        layers.add(Conv2d.of(channels, 3).withSamePadding());
        layers.add(BatchNorm.of());
        layers.add(Activation.RELU);
      }
      layers.add(MaxPool2d.of(2));
    }
    layers.add(new Flatten());
    layers.add(Linear.of(256));
    layers.add(Activation.RELU);
    layers.add(Dropout.of(0.5));
    layers.add(Linear.of(classes));
    return new Sequential(layers);
  }
}
