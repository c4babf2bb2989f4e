package dev.kiln.train;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Precision;
import dev.kiln.exec.NonFinite;
import dev.kiln.exec.Plan;
import dev.kiln.exec.Variables;
import dev.kiln.nn.Mode;
import dev.kiln.nn.Model;
import dev.kiln.nn.Network;
import dev.kiln.op.CorrectCount;
import dev.kiln.profile.Profile;
import dev.kiln.profile.Subject;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A network on a backend, trained batch by batch. It owns the parameters there and a plan for each
 * shape of batch it has met: mostly two, the usual size and that of the last batch; of bucketed
 * sequences two for each length.
 *
 * <p>A {@link Trainer} drives it over a data set; it can also be driven by hand.
 */
public final class Learner implements AutoCloseable {

  private final Backend backend;
  private final Network network;
  private final Precision precision;
  private final Settings settings;
  private final HeldState held;
  private final Programs programs;
  private final Deque<Submission> running = new ArrayDeque<>();
  private @Nullable Profile profile;
  private @Nullable Program lastTrained;
  private Progress progress = Progress.NONE;

  /**
   * Puts a model with fresh F32 weights on a backend.
   *
   * @param backend where it is trained; stays open when the learner is closed
   * @param model the model, see {@link dev.kiln.nn.Models}
   * @param settings how it is trained
   * @param sample the types of one sample's fields, features and target first, without the batch
   *     dimension, such as {@code F32[1, 28, 28]} and {@code I64[]}
   * @throws dev.kiln.op.ShapeException if a layer does not fit its input; the message names it
   */
  public static Learner of(Backend backend, Model model, Settings settings, TensorType... sample) {
    List<TensorType> fields = List.of(sample);
    // Of a single row a batch normalization could not estimate a variance.
    List<TensorType> batch = fields.stream().map(type -> type.stacked(2)).toList();
    return new Learner(backend, Network.of(model, DType.F32, batch), fields, settings);
  }

  /**
   * Puts a network with fresh weights on a backend.
   *
   * @param backend where it is trained, in the precision it was opened for; stays open when the
   *     learner is closed
   * @param network the network
   * @param sample the types of one sample's fields, without the batch dimension
   * @throws IllegalArgumentException if the backend was opened for a mixed precision and the
   *     network's parameters are not F32
   */
  public Learner(Backend backend, Network network, List<TensorType> sample, Settings settings) {
    this(backend, network, sample, settings, List.of());
  }

  /**
   * Puts a network with fresh weights on a backend, which also counts of every batch how much of it
   * is right.
   *
   * @param backend where it is trained; stays open when the learner is closed
   * @param network the network; where something is counted its predictions are scores of classes
   * @param sample the types of one sample's fields, without the batch dimension
   * @param counts what is counted
   */
  public Learner(
      Backend backend,
      Network network,
      List<TensorType> sample,
      Settings settings,
      List<CorrectCount> counts) {
    this.backend = backend;
    this.network = network;
    this.precision = backend.precision();
    checkPrecision();
    this.settings = settings;
    this.held = new HeldState(backend, network, settings);
    this.programs = new Programs(backend, network, settings, sample, counts, held.variables());
  }

  private void checkPrecision() {
    if (precision.isMixed() && network.dtype() != DType.F32) {
      throw new IllegalArgumentException(
          "in %s parameters are F32, but those of this network are %s"
              .formatted(precision, network.dtype()));
    }
  }

  /** Returns what computes. */
  public Backend backend() {
    return backend;
  }

  /** Returns the network. */
  public Network network() {
    return network;
  }

  /** Returns parameters, statistics and optimizer slots as they are held on the backend. */
  public Variables variables() {
    return held.variables();
  }

  /** Returns how far it has come, with the steps that are under way. */
  public Progress progress() {
    return progress;
  }

  /** Returns how many updates have been made. */
  public long updates() {
    return progress.updates();
  }

  /** Returns how many batches have been trained on. */
  public long batches() {
    return progress.batches();
  }

  /** Returns the learning rate of the next update. */
  public double rate() {
    return settings.optimizer().schedule().rate(updates());
  }

  /**
   * Continues the count of updates and batches of an earlier training, as read from a checkpoint.
   */
  public void resume(Progress earlier) {
    progress = earlier;
  }

  /** Returns how many batches' gradients wait for an update; 0 unless they are accumulated. */
  public int accumulated() {
    return progress.accumulated();
  }

  /** Returns how the network is trained. */
  public Settings settings() {
    return settings;
  }

  /**
   * Makes the plans for a batch size before the first step.
   *
   * @throws PlanTooLargeException if it does not fit; names the largest batch that would
   */
  public void prepare(int rows) {
    programs.training(rows);
  }

  /**
   * Records from now on how long every training step, and every node of it, takes. Nodes then run
   * one at a time, each to its end.
   */
  public void profile(Profile recorder) {
    profile = recorder;
    programs.profile(recorder);
  }

  /** Returns the plan that trains on batches of a size. */
  public Plan trainingPlan(int rows) {
    return programs.training(rows).session().plan();
  }

  /**
   * Trains on one batch: forward, backward and, when enough batches have been accumulated, an
   * update.
   *
   * @param batch one tensor for each field, the batch first
   * @return the loss before the update
   * @throws NonFiniteLossException if the loss is not finite; nothing was updated then
   */
  public double train(List<Tensor> batch) {
    return submit(batch).loss();
  }

  /**
   * Starts to train on one batch without waiting for the loss. Where the backend computes while the
   * host goes on, two steps may be under way: a third waits for the first. So the device always has
   * the next step before it.
   *
   * @param batch one tensor for each field, the batch first; unchanged until the loss is known. Its
   *     numbers must be finite: mostly the loss shows if one is not, but a rectifier of oneDNN
   *     makes 0 of what is not a number
   * @return the step, which knows its loss later
   * @throws NonFiniteLossException if the loss of an earlier step is not finite; nothing was
   *     updated by it or by any step since
   */
  public Submission submit(List<Tensor> batch) {
    while (running.size() >= Program.RUNS_BEING_READ) {
      settle(running.getFirst());
    }
    Program program = programs.training(types(batch));
    lastTrained = program;
    // Masks differ between the batches of one accumulated update, so they follow the batches.
    long number = settings.accumulate() == 1 ? updates() + 1 : batches() + 1;
    StepInputs inputs = new StepInputs(batch, settings.seed(), number, rate());
    Submission submission = new Submission(this, program, inputs, progress);
    running.addLast(submission);
    if (settings.accumulate() > 1 && accumulated() + 1 == settings.accumulate()) {
      applyAccumulated(settings.accumulate());
    }
    progress = submission.progress();
    return submission;
  }

  /** Waits until a submission and all before it know their loss. */
  void settle(Submission wanted) {
    while (wanted.isRunning()) {
      Submission first = running.removeFirst();
      double loss = first.await();
      if (!Double.isFinite(loss)) {
        throw unmade(first, loss);
      }
      first.make();
      if (profile != null) {
        profile.record(profile.number(Subject.STEP), first.begin(), System.nanoTime());
      }
    }
  }

  /**
   * Goes back to before a step whose loss is not finite. What is held is still that of then, since
   * the guard has kept it; so the step can be run again to see where it went wrong.
   */
  private NonFiniteLossException unmade(Submission failed, double loss) {
    progress = failed.before();
    failed.unmake();
    running.forEach(Submission::unmake);
    running.clear();
    NonFinite cause = failed.firstNonFinite();
    held.clearGuard();
    return new NonFiniteLossException(updates() + 1, loss, cause);
  }

  /**
   * Makes the update that is due when an epoch ends before enough batches were accumulated.
   *
   * @throws NonFiniteLossException if the loss of a step under way turns out not to be finite
   */
  public void flush() {
    if (!running.isEmpty()) {
      settle(running.getLast());
    }
    if (settings.accumulate() > 1 && accumulated() > 0) {
      applyAccumulated(accumulated());
      progress = progress.afterUpdate();
    }
  }

  /** Updates by the mean of the gradients of some batches. */
  private void applyAccumulated(int count) {
    Program program = programs.applying(count);
    program.feedStep(settings.seed(), updates() + 1, rate());
    program.run();
  }

  /**
   * Returns the predictions made while training on the last batch, valid until the next one.
   *
   * @throws IllegalStateException if there was none
   */
  public Tensor trainingPredictions() {
    if (lastTrained == null) {
      throw new IllegalStateException("no batch has been trained on yet");
    }
    return lastTrained.readPredictions();
  }

  /**
   * Returns the first parameter or statistic with a number that is not finite, after all steps
   * under way; empty where all are finite. What a finite loss does not tell: see {@link
   * NonFiniteParameterException}.
   */
  public Optional<String> firstNonFinite() {
    return held.firstNonFinite(network);
  }

  /** Returns how gradients are scaled, after all steps under way; empty unless in fp16. */
  public Optional<ScaledGradients> scaledGradients() {
    return held.scaledGradients();
  }

  /**
   * Sets the state that layers carry from batch to batch to zero, since another sequence begins.
   *
   * @param mode whether that of training or that of {@link #evaluate}
   */
  public void forgetCarried(Mode mode) {
    held.forgetCarried(mode);
  }

  /** Computes loss and predictions of a batch as after training; learns nothing. */
  public Evaluated evaluate(List<Tensor> batch) {
    Program program = programs.inference(types(batch));
    program.feedBatch(batch);
    program.run();
    return new Evaluated(program);
  }

  /**
   * Computes the predictions of a batch as after training; learns nothing and needs no target.
   *
   * @param inputs the fields of a batch but for the target: features, and whatever else the network
   *     is told, such as lengths; any number of rows
   * @return the predictions, such as logits [N, C], in memory of their own
   * @throws dev.kiln.op.ShapeException if the inputs do not fit the network
   * @throws IllegalArgumentException if a prediction is infinite or not a number; the message names
   *     the first node at fault, and the number in the data if it lies there
   */
  public Tensor predict(Tensor... inputs) {
    return CheckedPrediction.of(programs, List.of(inputs));
  }

  static List<TensorType> types(List<Tensor> batch) {
    return batch.stream().map(Tensor::type).toList();
  }

  /** Frees everything the network has on the backend. */
  @Override
  public void close() {
    programs.close();
    held.close();
  }
}
