package dev.kiln.models.zoo;

import dev.kiln.backend.AlgorithmChoice;
import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.backend.ComputeOptions;
import dev.kiln.nn.Model;
import dev.kiln.nn.Models;
import dev.kiln.nn.Network;
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
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;

/**
 * A training of a network of the zoo that two backends do alike: from the same weights, on the same
 * batches, with the same dropout masks.
 *
 * @param name the network's name in the zoo
 * @param model the network with its loss
 * @param batches what it is trained on, in turn
 * @param pace how fast it learns, and what that does to rounding
 */
record ZooTraining(String name, Model model, List<List<Tensor>> batches, Pace pace) {

  /**
   * How fast a network learns. Both backends compute in single precision and add up in another
   * order, and every step hands its rounding on to the next.
   *
   * @param rate the learning rate
   * @param tolerance the most by which the losses of a step may differ, as a share
   */
  record Pace(double rate, double tolerance) {

    private static final Pace IMAGES = new Pace(0.01, 1e-4);
    private static final Pace SEQUENCES = new Pace(0.1, 1e-4);

    /**
     * Twenty normalizations, the last over a few numbers for each channel, divide by small
     * deviations and so multiply rounding; a higher rate would let it grow from step to step.
     */
    private static final Pace RESNET = new Pace(0.0001, 1e-2);
  }

  private static final int BATCHES = 4;
  private static final int CLASSES = 10;
  private static final int TOKENS = 20;
  private static final int FEATURES = 6;

  /**
   * How much is computed in a step. The networks are those of the zoo, whole.
   *
   * @param batch how many samples make a batch
   * @param image the shape of an image
   * @param steps the length of a sequence
   */
  record Size(int batch, Shape image, int steps) {

    /** What can be borne without a GPU. */
    static final Size SMALL = new Size(4, Shape.of(3, 12, 12), 7);

    /** What people train with. */
    static final Size FULL = new Size(32, Shape.of(3, 32, 32), 40);
  }

  /** Returns a training of every network of the zoo. */
  static List<ZooTraining> all(Size size) {
    return Zoo.entries().stream().map(entry -> of(entry, size)).toList();
  }

  private static ZooTraining of(ModelEntry entry, Size size) {
    return switch (entry.architecture()) {
      case Architecture.ForFeatures _ -> classifier(entry, size, size.image, Pace.IMAGES);
      case Architecture.ForImages _ when entry.name().equals("lenet") ->
          classifier(entry, size, Shape.of(1, 28, 28), Pace.IMAGES);
      case Architecture.ForImages _ when entry.name().equals("resnet18") ->
          classifier(entry, size, size.image, Pace.RESNET);
      case Architecture.ForImages _ -> classifier(entry, size, size.image, Pace.IMAGES);
      case Architecture.ForSteps _ ->
          classifier(entry, size, Shape.of(size.steps, FEATURES), Pace.SEQUENCES);
      case Architecture.ForWords words ->
          new ZooTraining(
              entry.name(),
              Models.sequenceClassifier(words.network().build(TOKENS, CLASSES)),
              batches(number ->
                  List.of(tokens(number, size), labels(number, size), lengths(number, size))),
              Pace.SEQUENCES);
      case Architecture.ForText text ->
          new ZooTraining(
              entry.name(),
              text.network().apply(TOKENS),
              batches(number -> List.of(tokens(number, size), tokens(number + 1, size))),
              Pace.SEQUENCES);
      case Architecture.ForSequencePairs pairs ->
          new ZooTraining(
              entry.name(),
              pairs.network().apply(TOKENS, TOKENS),
              batches(number ->
                  List.of(
                      tokens(number, size),
                      tokens(number + 1, size),
                      lengths(number, size),
                      tokens(number + 2, size))),
              Pace.SEQUENCES);
    };
  }

  private static ZooTraining classifier(ModelEntry entry, Size size, Shape sample, Pace pace) {
    return new ZooTraining(
        entry.name(),
        Models.classifier(entry.build(sample, CLASSES)),
        batches(number -> List.of(features(number, size, sample), labels(number, size))),
        pace);
  }

  private interface BatchMaker {
    List<Tensor> make(int number);
  }

  private static List<List<Tensor>> batches(BatchMaker maker) {
    return IntStream.range(0, BATCHES).mapToObj(maker::make).toList();
  }

  /**
   * Normal numbers, those of each class shifted by its own pattern: there is something to learn.
   */
  private static Tensor features(int number, Size size, Shape sample) {
    Tensor features = Tensor.allocate(batched(DType.F32, size, sample));
    int length = Math.toIntExact(sample.elements());
    double[] pattern = new double[length];
    double[] noise = new double[length];
    for (int row = 0; row < size.batch; row++) {
      new Philox(1, label(number, row, size), 0).fillNormal(pattern);
      new Philox(2, number, row).fillNormal(noise);
      for (int i = 0; i < length; i++) {
        features.set((long) row * length + i, pattern[i] + 0.5 * noise[i]);
      }
    }
    return features;
  }

  private static int label(int number, int row, Size size) {
    return (number * size.batch + row) % CLASSES;
  }

  private static Tensor labels(int number, Size size) {
    Tensor labels = Tensor.allocate(batched(DType.I64, size, Shape.SCALAR));
    for (int row = 0; row < size.batch; row++) {
      labels.set(row, label(number, row, size));
    }
    return labels;
  }

  /** All tokens in turn, every row beginning elsewhere: each tells the one after it. */
  private static Tensor tokens(int number, Size size) {
    Tensor tokens = Tensor.allocate(batched(DType.I64, size, Shape.of(size.steps)));
    for (int row = 0; row < size.batch; row++) {
      for (int step = 0; step < size.steps; step++) {
        tokens.set((long) row * size.steps + step, (3 * row + number + step) % TOKENS);
      }
    }
    return tokens;
  }

  /** Lengths from the whole sequence down. */
  private static Tensor lengths(int number, Size size) {
    Tensor lengths = Tensor.allocate(batched(DType.I64, size, Shape.SCALAR));
    for (int row = 0; row < size.batch; row++) {
      lengths.set(row, size.steps - (row + number) % size.steps);
    }
    return lengths;
  }

  private static TensorType batched(DType dtype, Size size, Shape sample) {
    return TensorType.of(dtype, sample).stacked(size.batch);
  }

  /** Returns how many samples make a batch. */
  int batch() {
    return batches.getFirst().getFirst().shape().dim(0);
  }

  /** Trains with fixed algorithms, in single precision, and returns the loss of each step. */
  List<Double> losses(String backend, int steps) {
    List<Double> losses = new ArrayList<>();
    train(backend, AlgorithmChoice.FIXED, steps, losses::add);
    return losses;
  }

  /** Trains with the fastest algorithms and returns the mean time of a step after some others. */
  double millisecondsPerStep(String backend, int warmUp, int steps) {
    List<Long> ends = new ArrayList<>();
    train(backend, AlgorithmChoice.MEASURED, warmUp + steps, loss -> ends.add(System.nanoTime()));
    return (ends.getLast() - ends.get(warmUp - 1)) / 1e6 / steps;
  }

  private void train(String name, AlgorithmChoice algorithms, int steps, DoubleConsumer eachLoss) {
    List<TensorType> types = batches.getFirst().stream().map(Tensor::type).toList();
    List<TensorType> sample =
        types.stream()
            .map(type ->
                TensorType.of(
                    type.dtype(), new Shape(type.shape().dims().subList(1, type.shape().rank()))))
            .toList();
    Settings settings = Settings.of(Optimizer.sgd(pace.rate)).withSeed(7);
    Network network = Network.of(model, DType.F32, types);
    try (Backend backend = Backends.open(name, 0, ComputeOptions.DEFAULT.with(algorithms));
        Learner learner = new Learner(backend, network, sample, settings)) {
      for (int step = 0; step < steps; step++) {
        eachLoss.accept(learner.train(batches.get(step % BATCHES)));
      }
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
