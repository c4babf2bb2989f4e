package dev.kiln.train;

import dev.kiln.backend.Backend;
import dev.kiln.data.BatchLoader;
import dev.kiln.data.BatchLoaderBuilder;
import dev.kiln.data.Dataset;
import dev.kiln.data.Transform;
import dev.kiln.metrics.Metric;
import dev.kiln.nn.Model;
import dev.kiln.nn.Network;
import dev.kiln.profile.Profile;
import dev.kiln.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Collects what a {@link Trainer} needs. Defaults: Adam at 0.001, batches of 64, 10 epochs, seed 1,
 * shuffled, the last short batch used, the loss followed, accuracy measured where targets are
 * labels.
 */
public final class TrainerBuilder {

  final Backend backend;
  final Model model;
  final Dataset data;
  final List<TrainingListener> listeners = new ArrayList<>();
  final List<Transform> transforms = new ArrayList<>();
  Settings settings = Settings.of(Optimizer.adam(0.001));
  DType dtype = DType.F32;
  int batchSize = 64;
  int epochs = 10;
  @Nullable Dataset validation;
  Monitor monitor = Monitor.loss();
  List<Metric> metrics;
  Supplier<Scorer> scorer;
  @Nullable Profile profile;

  TrainerBuilder(Backend backend, Model model, Dataset data) {
    this.backend = backend;
    this.model = model;
    this.data = data;
    boolean labels = data.target().dtype().isInteger();
    this.metrics = labels ? List.of(Metric.ACCURACY) : List.of();
    this.scorer = labels ? Scorer::ofClasses : Scorer::ofValues;
  }

  /** Sets the optimizer with its learning rate. */
  public TrainerBuilder optimizer(Optimizer optimizer) {
    settings = new Settings(optimizer, settings.clip(), settings.accumulate(), settings.seed());
    return this;
  }

  /** Sets how gradients are bounded. */
  public TrainerBuilder clip(Clip clip) {
    settings = settings.withClip(clip);
    return this;
  }

  /** Sets over how many batches gradients are averaged before an update. */
  public TrainerBuilder accumulate(int batches) {
    settings = settings.withAccumulate(batches);
    return this;
  }

  /** Sets the seed of everything random. */
  public TrainerBuilder seed(long seed) {
    settings = settings.withSeed(seed);
    return this;
  }

  /** Sets the samples of a batch. */
  public TrainerBuilder batchSize(int samples) {
    batchSize = requirePositive("batch size", samples);
    return this;
  }

  /** Sets the passes over the data, in all, those of a resumed run included. */
  public TrainerBuilder epochs(int count) {
    epochs = requirePositive("number of epochs", count);
    return this;
  }

  /** Sets the data that is looked at after every epoch but not learned from. */
  public TrainerBuilder validation(Dataset dataset) {
    validation = dataset;
    return this;
  }

  /** Sets what decides which epoch was best and when to stop. */
  public TrainerBuilder monitor(Monitor followed) {
    monitor = followed;
    return this;
  }

  /** Sets what is measured besides the loss, of the training and of the validation data. */
  public TrainerBuilder metrics(Metric... measured) {
    metrics = List.of(measured);
    return this;
  }

  /**
   * Sets what judges predictions: by default as classes where targets are labels, else as values.
   *
   * @param fresh gives one that nothing was added to; it must know the metrics asked for
   */
  public TrainerBuilder scorer(Supplier<Scorer> fresh) {
    scorer = fresh;
    return this;
  }

  /** Adds a random change of the training samples, such as a flip, after those added before. */
  public TrainerBuilder augment(Transform transform) {
    transforms.add(transform);
    return this;
  }

  /** Adds someone to be told what happens. */
  public TrainerBuilder listener(TrainingListener listener) {
    listeners.add(listener);
    return this;
  }

  /**
   * Records where the time of the training goes: every step, every wait for data and every node of
   * the training plan. Nodes then run one at a time, each to its end.
   */
  public TrainerBuilder profile(Profile recorder) {
    profile = recorder;
    return this;
  }

  /** Sets the element type of the parameters, F32 by default; the data must have the same. */
  public TrainerBuilder dtype(DType type) {
    dtype = type;
    return this;
  }

  private static int requirePositive(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("the " + what + " must be at least 1, not " + value);
    }
    return value;
  }

  /**
   * Puts the network with fresh weights on the backend and makes the plan of a training step.
   *
   * @throws dev.kiln.op.ShapeException if a layer does not fit its input
   * @throws PlanTooLargeException if a batch does not fit into memory
   */
  public Trainer build() {
    Learner learner = learner();
    try {
      if (profile != null) {
        learner.profile(profile);
      }
      learner.prepare(rows());
      return new Trainer(this, learner);
    } catch (PlanTooLargeException tooLarge) {
      learner.close();
      throw tooLarge;
    }
  }

  private int rows() {
    return Math.min(batchSize, data.size());
  }

  /** Puts the network with fresh weights on the backend. */
  Learner learner() {
    Network network =
        Network.of(model, dtype, data.fields().stream().map(type -> type.stacked(rows())).toList());
    return new Learner(backend, network, data.fields(), settings, measures().counts());
  }

  /** What is measured. */
  Measures measures() {
    return new Measures(metrics, scorer);
  }

  /** Begins to load the training data. */
  BatchLoader loader() {
    BatchLoaderBuilder loading = Trainer.loading(data, batchSize).seed(settings.seed());
    transforms.forEach(loading::transform);
    return loading.build();
  }
}
