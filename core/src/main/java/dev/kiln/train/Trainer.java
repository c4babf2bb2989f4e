package dev.kiln.train;

import dev.kiln.backend.Backend;
import dev.kiln.data.Batch;
import dev.kiln.data.BatchLoader;
import dev.kiln.data.BatchLoaderBuilder;
import dev.kiln.data.ContinuousDataset;
import dev.kiln.data.Dataset;
import dev.kiln.nn.Mode;
import dev.kiln.nn.Model;
import dev.kiln.profile.Profile;
import dev.kiln.profile.Subject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Trains a model on a data set, epoch by epoch.
 *
 * <pre>{@code
 * Layer network = Sequential.of(Conv2d.of(16, 3), Activation.RELU, MaxPool2d.of(2),
 *     new Flatten(), Linear.of(10));
 * try (Backend backend = Backends.openBest();
 *     Trainer trainer = Trainer.of(backend, Models.classifier(network), digits.train())
 *         .validation(digits.validation()).optimizer(Optimizer.adam(0.001)).epochs(10).build()) {
 *   trainer.fit();
 *   System.out.println(trainer.evaluate(digits.test()));
 * }
 * }</pre>
 *
 * <p>Everything follows from the seed: the same settings give the same bits, also after {@link
 * #resume}.
 */
public final class Trainer implements AutoCloseable {

  /** Few enough steps that little is padding, many enough that there are few plans. */
  private static final int BUCKET_STEPS = 4;

  private static final int EVALUATED_STREAMS = 8;

  private final TrainerBuilder settings;
  private final Learner learner;
  private final BatchLoader loader;
  private final StepPipeline pipeline;
  private final Evaluator evaluator;
  private final List<EpochReport> history = new ArrayList<>();
  private TrainingState state;

  private volatile boolean stopRequested;

  private boolean closed;

  Trainer(TrainerBuilder settings, Learner learner) {
    this.settings = settings;
    this.learner = learner;
    Measures measures = settings.measures();
    this.loader = settings.loader();
    this.state = TrainingState.start(settings.settings.seed());
    this.pipeline = new StepPipeline(learner, measures, loader.batchesPerEpoch(), state);
    this.evaluator = new Evaluator(learner, measures, settings.batchSize);
  }

  /**
   * Begins the settings of a trainer.
   *
   * @param backend where it trains
   * @param model what it trains
   * @param data what it trains on
   */
  public static TrainerBuilder of(Backend backend, Model model, Dataset data) {
    return new TrainerBuilder(backend, model, data);
  }

  /**
   * Returns how a trainer loads its training data: shuffled where they are not continuous,
   * sequences in buckets by their length.
   */
  public static BatchLoaderBuilder loading(Dataset data, int batchSize) {
    return BatchLoader.of(data)
        .batchSize(Math.min(batchSize, data.size()))
        .shuffled()
        .bucketed(BUCKET_STEPS);
  }

  /**
   * Returns how a data set is loaded for evaluation: in order; continuous data in a few long
   * streams, since every stream begins with nothing remembered.
   */
  public static BatchLoaderBuilder evaluating(Dataset data, int batchSize) {
    int most = data instanceof ContinuousDataset ? EVALUATED_STREAMS : batchSize;
    return BatchLoader.of(data).batchSize(Math.min(Math.min(most, batchSize), data.size()));
  }

  /** Returns the network on its backend. */
  public Learner learner() {
    return learner;
  }

  /** Returns where the training stands after the last batch that listeners were told of. */
  public TrainingState state() {
    return state;
  }

  /** Returns the reports of the epochs so far, since the start or the resumption. */
  public List<EpochReport> history() {
    return List.copyOf(history);
  }

  /** Returns how many batches make an epoch. */
  public int batchesPerEpoch() {
    return loader.batchesPerEpoch();
  }

  /** Returns how many epochs are to be trained in all. */
  public int epochs() {
    return settings.epochs;
  }

  /** Asks the training to stop after the batch it is at; may be called from any thread. */
  public void requestStop() {
    stopRequested = true;
  }

  /**
   * Trains until all epochs are done, the followed metric no longer improves, or a stop is asked
   * for.
   *
   * @return the reports of the epochs trained by this call
   * @throws NonFiniteLossException if the loss is not finite; the parameters are those before
   * @throws NonFiniteParameterException if a parameter is not finite at the end of an epoch
   * @throws UncheckedIOException if a listener cannot write
   */
  public List<EpochReport> fit() {
    checkOpen();
    int before = history.size();
    try {
      while (state.epoch() < settings.epochs && !isPatienceOver() && !stopRequested) {
        trainEpoch();
      }
      if (stopRequested) {
        for (TrainingListener listener : settings.listeners) {
          listener.onStopped(this);
        }
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    return List.copyOf(history.subList(before, history.size()));
  }

  private boolean isPatienceOver() {
    int patience = settings.monitor.patience();
    return patience > 0
        && state.bestEpoch() >= 0
        && state.epoch() - 1 - state.bestEpoch() >= patience;
  }

  private void trainEpoch() throws IOException {
    long begin = System.nanoTime();
    Duration waitedBefore = loader.waited();
    long samples = 0;
    int batches = loader.batchesPerEpoch();
    boolean resumed = state.batch() > 0;
    if (state.batch() < batches) { // a checkpoint may lie between the last batch and the end
      loader.seek(new BatchLoader.Position(state.epoch(), state.batch()));
    }
    if (state.batch() == 0) {
      learner.forgetCarried(Mode.TRAINING);
    }
    for (int next = state.batch(); next < batches && !stopRequested; next++) {
      Batch batch = nextBatch();
      samples += batch.size();
      pipeline.start(batch);
      tell();
    }
    pipeline.settle();
    tell();
    if (state.batch() < batches) {
      return;
    }
    learner.flush();
    learner
        .firstNonFinite()
        .ifPresent(name -> {
          throw new NonFiniteParameterException(state.epoch() + 1, name);
        });
    endEpoch(
        new EpochTimes(
            resumed, begin, System.nanoTime(), samples, loader.waited().minus(waitedBefore)));
  }

  private Batch nextBatch() {
    long begin = System.nanoTime();
    Batch batch = loader.next();
    Profile profile = settings.profile;
    if (profile != null) {
      profile.record(profile.number(Subject.DATA_WAIT), begin, System.nanoTime());
    }
    return batch;
  }

  private void tell() throws IOException {
    for (StepPipeline.Trained next = pipeline.next(); next != null; next = pipeline.next()) {
      state = next.state();
      for (TrainingListener listener : settings.listeners) {
        listener.onBatch(this, next.report());
      }
    }
  }

  private void endEpoch(EpochTimes times) throws IOException {
    Map<String, Double> training = pipeline.values();
    Dataset held = settings.validation;
    Map<String, Double> validation = held == null ? Map.of() : evaluate(held);
    double value = settings.monitor.value(training, validation);
    boolean best = settings.monitor.isBetter(value, state.best());
    EpochReport report =
        new EpochReport(
            state.epoch(),
            learner.updates(),
            settings.settings.optimizer().schedule().rate(Math.max(0, learner.updates() - 1)),
            training,
            validation,
            times.resumed(),
            (System.nanoTime() - times.begin()) / 1e9,
            times.samplesPerSecond(),
            times.dataWaitShare(),
            best,
            learner.scaledGradients());
    state =
        new TrainingState(
            state.seed(),
            state.epoch() + 1,
            0,
            learner.updates(),
            learner.batches(),
            learner.accumulated(),
            Totals.NONE,
            best ? value : state.best(),
            best ? state.epoch() : state.bestEpoch());
    pipeline.moveTo(state);
    history.add(report);
    for (TrainingListener listener : settings.listeners) {
      listener.onEpoch(this, report);
    }
  }

  /** Returns the mean loss and the metrics over a data set, as after training. */
  public Map<String, Double> evaluate(Dataset dataset) {
    checkOpen();
    return evaluator.evaluate(dataset);
  }

  /**
   * Writes everything that {@link #resume} needs, in one atomic step. Where the next step is under
   * way, it is waited for and belongs to what is written.
   *
   * @param file the target, in a folder that exists
   * @param description the model in the caller's words
   * @throws IOException if it cannot be written; what stood there before still stands
   * @throws NonFiniteLossException if the loss of the step under way is not finite
   */
  public void save(Path file, String description) throws IOException {
    pipeline.settle();
    Checkpoint.write(file, learner, pipeline.reached(), description);
  }

  /**
   * Continues where a checkpoint was written: the next batch and everything after it are those of
   * the run that wrote it, bit for bit.
   *
   * @throws CheckpointException if it is damaged or belongs to another network, optimizer or seed
   */
  public void resume(Path file) throws IOException {
    pipeline.settle();
    state = Checkpoint.resume(file, learner);
    pipeline.moveTo(state);
    history.clear();
  }

  /** Frees the network's memory and stops loading data; the backend stays open. */
  @Override
  public void close() {
    closed = true;
    loader.close();
    evaluator.close();
    learner.close();
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException(
          "the trainer is closed; build another, and resume from a checkpoint to go on");
    }
  }
}
