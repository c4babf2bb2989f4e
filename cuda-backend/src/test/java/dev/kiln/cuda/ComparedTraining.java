package dev.kiln.cuda;

import dev.kiln.backend.Backend;
import dev.kiln.backend.BackendProvider;
import dev.kiln.backend.ComputeOptions;
import dev.kiln.backend.Precision;
import dev.kiln.graph.Graph;
import dev.kiln.nn.Activation;
import dev.kiln.nn.BatchNorm;
import dev.kiln.nn.Conv2d;
import dev.kiln.nn.Dropout;
import dev.kiln.nn.Flatten;
import dev.kiln.nn.GlobalAveragePool2d;
import dev.kiln.nn.Layer;
import dev.kiln.nn.Linear;
import dev.kiln.nn.MaxPool2d;
import dev.kiln.nn.Models;
import dev.kiln.nn.Network;
import dev.kiln.nn.Recurrent;
import dev.kiln.nn.Sequential;
import dev.kiln.op.RecurrentCell;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import dev.kiln.train.Learner;
import dev.kiln.train.Optimizer;
import dev.kiln.train.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A short training that two backends do alike: the same weights, data and dropout masks.
 *
 * @param name what it trains
 * @param layer the network
 * @param sample the shape of one input
 * @param batch how many inputs make a step
 * @param rate the learning rate, small enough that rounding does not grow from step to step
 */
record ComparedTraining(String name, Layer layer, Shape sample, int batch, double rate) {

  private static final int CLASSES = 10;
  private static final int BATCHES = 4;

  /** Returns the convolutional networks. */
  static List<ComparedTraining> convolutional() {
    return List.of(
        new ComparedTraining("LeNet", leNet(20, 50, 100), Shape.of(1, 28, 28), 8, 0.01),
        new ComparedTraining(
            "ResNet-18, an eighth as wide", resNet18(8), Shape.of(3, 16, 16), 4, 0.001));
  }

  /** Returns networks of the same kinds, small enough for many steps without a GPU. */
  static List<ComparedTraining> small() {
    return Stream.concat(
            Stream.of(
                new ComparedTraining(
                    "LeNet, a fifth as wide", leNet(4, 10, 20), Shape.of(1, 16, 16), 8, 0.01),
                new ComparedTraining(
                    "ResNet-18, a sixteenth as wide", resNet18(4), Shape.of(3, 16, 16), 4, 0.0002)),
            recurrent(6))
        .toList();
  }

  /** Returns the recurrent networks. */
  static List<ComparedTraining> recurrent() {
    return recurrent(16).toList();
  }

  private static Stream<ComparedTraining> recurrent(int hidden) {
    return Stream.of(RecurrentCell.values())
        .map(cell ->
            new ComparedTraining(
                cell + ", two layers, both directions",
                Sequential.of(
                    Recurrent.of(cell, hidden).withLayers(2).inBothDirections().lastStep(),
                    Linear.of(CLASSES)),
                Shape.of(7, 5),
                8,
                0.05));
  }

  private static Layer leNet(int first, int second, int hidden) {
    return Sequential.of(
        Conv2d.of(first, 5),
        MaxPool2d.of(2),
        Conv2d.of(second, 5),
        MaxPool2d.of(2),
        new Flatten(),
        Linear.of(hidden),
        Activation.RELU,
        Dropout.of(0.5),
        Linear.of(CLASSES));
  }

  private static Layer resNet18(int channels) {
    return Sequential.of(
        Conv2d.of(channels, 3).withPadding(1).withoutBias(),
        BatchNorm.of(),
        Activation.RELU,
        stage(channels, 1),
        stage(2 * channels, 2),
        stage(4 * channels, 2),
        stage(8 * channels, 2),
        new GlobalAveragePool2d(),
        Linear.of(CLASSES));
  }

  private static Layer stage(int channels, int stride) {
    return Sequential.of(block(channels, stride), block(channels, 1));
  }

  private static Layer block(int channels, int stride) {
    Layer twoConvolutions =
        Sequential.of(
            Conv2d.of(channels, 3).withStride(stride).withPadding(1).withoutBias(),
            BatchNorm.of(),
            Activation.RELU,
            Conv2d.of(channels, 3).withPadding(1).withoutBias(),
            BatchNorm.of());
    Layer projection =
        Sequential.of(Conv2d.of(channels, 1).withStride(stride).withoutBias(), BatchNorm.of());
    return (scope, x) -> {
      Value y = scope.child("convolutions", twoConvolutions, x);
      Value shortcut = y.shape().equals(x.shape()) ? x : scope.child("projection", projection, x);
      return scope.ops().relu(scope.ops().add(y, shortcut));
    };
  }

  /** Trains for some steps and returns the loss of each. */
  List<Double> losses(BackendProvider provider, int steps) {
    return losses(provider, Precision.FLOAT32, steps);
  }

  /** Trains in a precision for some steps and returns the loss of each. */
  List<Double> losses(BackendProvider provider, Precision precision, int steps) {
    List<Double> losses = new ArrayList<>();
    train(provider, precision, steps, losses::add);
    return losses;
  }

  /** Returns what a step of the training runs in a precision, as data. */
  Graph step(BackendProvider provider, Precision precision) {
    try (Backend backend = provider.open(0, ComputeOptions.DEFAULT.with(precision));
        Learner learner = learner(backend)) {
      return learner.trainingPlan(batch).graph();
    }
  }

  private void train(
      BackendProvider provider, Precision precision, int steps, Consumer<Double> eachLoss) {
    List<List<Tensor>> data = data(fields());
    try (Backend backend = provider.open(0, ComputeOptions.DEFAULT.with(precision));
        Learner learner = learner(backend)) {
      for (int step = 0; step < steps; step++) {
        eachLoss.accept(learner.train(data.get(step % BATCHES)));
      }
    }
  }

  private Learner learner(Backend backend) {
    Network network = Network.of(Models.classifier(layer), DType.F32, batched(fields()));
    Settings settings = Settings.of(Optimizer.sgd(rate)).withSeed(7);
    return new Learner(backend, network, fields(), settings);
  }

  private List<TensorType> fields() {
    return List.of(TensorType.of(DType.F32, sample), TensorType.of(DType.I64, Shape.SCALAR));
  }

  private List<TensorType> batched(List<TensorType> fields) {
    return fields.stream()
        .map(field -> {
          List<Integer> dims = new ArrayList<>(List.of(batch));
          dims.addAll(field.shape().dims());
          return TensorType.of(field.dtype(), new Shape(dims));
        })
        .toList();
  }

  /** Normal inputs, each class shifted by its own pattern, so that there is something to learn. */
  private List<List<Tensor>> data(List<TensorType> fields) {
    List<List<Tensor>> batches = new ArrayList<>();
    int length = Math.toIntExact(sample.elements());
    double[] pattern = new double[length];
    double[] noise = new double[length];
    for (int number = 0; number < BATCHES; number++) {
      Tensor inputs = Tensor.allocate(batched(fields).get(0));
      Tensor labels = Tensor.allocate(batched(fields).get(1));
      for (int row = 0; row < batch; row++) {
        int label = (number * batch + row) % CLASSES;
        new Philox(1, label, 0).fillNormal(pattern);
        new Philox(2, number, row).fillNormal(noise);
        for (int i = 0; i < length; i++) {
          inputs.set((long) row * length + i, pattern[i] + 0.5 * noise[i]);
        }
        labels.set(row, label);
      }
      batches.add(List.of(inputs, labels));
    }
    return batches;
  }

  @Override
  public String toString() {
    return name;
  }
}
