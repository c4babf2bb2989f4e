package dev.kiln.train;

import dev.kiln.backend.Backend;
import dev.kiln.backend.OutOfMemoryException;
import dev.kiln.backend.Precision;
import dev.kiln.exec.Plan;
import dev.kiln.exec.Session;
import dev.kiln.exec.SharedArena;
import dev.kiln.exec.Variables;
import dev.kiln.nn.Network;
import dev.kiln.op.CorrectCount;
import dev.kiln.op.ShapeException;
import dev.kiln.profile.Profile;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The programs of a learner, one for each shape of batch, made when it is first met. They use the
 * same memory in turn. It owns them and the memory.
 */
final class Programs implements AutoCloseable {

  private final Backend backend;
  private final Network network;
  private final Precision precision;
  private final Settings settings;
  private final List<TensorType> sample;
  private final List<CorrectCount> counts;
  private final Variables variables;
  private final SharedArena arena;
  private final Map<List<TensorType>, Program> training = new HashMap<>();
  private final Map<List<TensorType>, Program> inference = new HashMap<>();
  private final Map<List<TensorType>, Program> prediction = new HashMap<>();
  private final Map<Integer, Program> applying = new HashMap<>();
  private @Nullable Profile profile;
  private boolean closed;

  /**
   * Prepares to make programs.
   *
   * @param sample the types of one sample's fields, without the batch dimension
   * @param counts what is counted of every batch
   * @param variables what the programs hold between runs; outlives them
   */
  Programs(
      Backend backend,
      Network network,
      Settings settings,
      List<TensorType> sample,
      List<CorrectCount> counts,
      Variables variables) {
    this.backend = backend;
    this.network = network;
    this.precision = backend.precision();
    this.settings = settings;
    this.sample = List.copyOf(sample);
    this.counts = List.copyOf(counts);
    this.variables = variables;
    this.arena = new SharedArena(backend);
  }

  /** Records from now on how long every node of a training step takes. */
  void profile(Profile recorder) {
    profile = recorder;
    training.values().forEach(program -> program.session().profile(recorder));
    applying.values().forEach(program -> program.session().profile(recorder));
  }

  /** Returns what trains on batches of a size. */
  Program training(int rows) {
    return training(types(rows));
  }

  /**
   * Returns what trains on batches of these types.
   *
   * @throws PlanTooLargeException if it does not fit; names the largest batch that would
   */
  Program training(List<TensorType> types) {
    checkOpen();
    return training.computeIfAbsent(types, key -> profiled(open(key, this::trainingGraph)));
  }

  /**
   * Returns what evaluates batches of these types.
   *
   * @throws PlanTooLargeException if it does not fit; names the largest batch that would
   */
  Program inference(List<TensorType> types) {
    checkOpen();
    return inference.computeIfAbsent(
        types,
        key -> open(key, batch -> TrainingGraph.inference(network, precision, batch, counts)));
  }

  /**
   * Returns what predicts for batches of these types.
   *
   * @param inputs the types of all fields but the target
   * @throws PlanTooLargeException if it does not fit; names the largest batch that would
   */
  Program prediction(List<TensorType> inputs) {
    checkOpen();
    return prediction.computeIfAbsent(
        inputs,
        key -> {
          if (key.size() != sample.size() - 1) {
            throw new ShapeException(
                "predict takes the fields of a batch but for the target, %s with the rows in front, but got %s"
                    .formatted(withoutTarget(sample), key));
          }
          List<TensorType> batch = new ArrayList<>(key);
          batch.add(TrainingGraph.TARGET, sample.get(TrainingGraph.TARGET).stacked(rows(key)));
          return open(batch, types -> TrainingGraph.prediction(network, precision, types));
        });
  }

  private static List<TensorType> withoutTarget(List<TensorType> fields) {
    List<TensorType> others = new ArrayList<>(fields);
    others.remove(TrainingGraph.TARGET);
    return others;
  }

  /** Writes a graph for a batch; an error says what the network was made for. */
  private TrainingGraph fitting(
      List<TensorType> batch, Function<List<TensorType>, TrainingGraph> writing) {
    try {
      checkFields(batch);
      return writing.apply(batch);
    } catch (ShapeException misfit) {
      throw misfit.at(
          "a batch of %s does not fit a network made for samples of %s".formatted(batch, sample));
    }
  }

  private void checkFields(List<TensorType> batch) {
    if (batch.size() != sample.size()) {
      throw new ShapeException(
          "it must have %d fields, not %d".formatted(sample.size(), batch.size()));
    }
    for (int i = 0; i < batch.size(); i++) {
      TensorType given = batch.get(i);
      TensorType made = sample.get(i).stacked(rows(batch));
      if (given.dtype() != made.dtype() || given.shape().rank() != made.shape().rank()) {
        throw new ShapeException(
            "field %d must be %s, not %s; convert it by Tensor.to or Tensor.reshape"
                .formatted(i, made, given));
      }
      if (given.shape().dim(0) != rows(batch)) {
        throw new ShapeException(
            "all fields must have as many rows as the first, %d, but field %d has %d"
                .formatted(rows(batch), i, given.shape().dim(0)));
      }
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException(
          "the learner is closed and its memory is freed; make another, and load a checkpoint into"
              + " it");
    }
  }

  private static int rows(List<TensorType> batch) {
    if (batch.isEmpty() || batch.getFirst().shape().rank() == 0) {
      throw new ShapeException("a batch has fields with the rows in front, but got " + batch);
    }
    return batch.getFirst().shape().dim(0);
  }

  /** Returns what updates by the gradients accumulated over some batches. */
  Program applying(int batches) {
    checkOpen();
    return applying.computeIfAbsent(
        batches,
        key ->
            profiled(
                new Program(
                    backend,
                    TrainingGraph.applyAccumulated(
                        network, precision, key, settings.optimizer().rule(), settings.clip()),
                    variables,
                    arena,
                    (plan, refused) -> refused)));
  }

  private Program profiled(Program program) {
    if (profile != null) {
      program.session().profile(profile);
    }
    return program;
  }

  private TrainingGraph trainingGraph(List<TensorType> types) {
    return settings.accumulate() == 1
        ? TrainingGraph.whole(
            network, precision, types, counts, settings.optimizer().rule(), settings.clip())
        : TrainingGraph.accumulate(network, precision, types, counts);
  }

  private Program open(List<TensorType> batch, Function<List<TensorType>, TrainingGraph> writing) {
    TrainingGraph graph = fitting(batch, writing);
    LargestBatch search = new LargestBatch(backend, batch, writing);
    try {
      return new Program(
          backend,
          graph,
          variables,
          arena,
          (plan, refused) -> ranOut(rows(batch), plan, refused, search));
    } catch (OutOfMemoryException refused) {
      int largest =
          search.find(
              plan -> Session.missingBytes(plan, variables, arena) <= backend.availableBytes());
      throw PlanTooLargeException.planned(rows(batch), refused, largest);
    }
  }

  /**
   * The plan fitted, so that what the step wanted beside it is more than what was left. How much
   * more is not known: look for a plan that takes a sixteenth less.
   */
  private static PlanTooLargeException ranOut(
      int rows, Plan plan, OutOfMemoryException refused, LargestBatch search) {
    long less = plan.stepBytes() - plan.stepBytes() / 16;
    return PlanTooLargeException.running(
        rows, refused, search.find(smaller -> smaller.stepBytes() <= less));
  }

  private List<TensorType> types(int rows) {
    return sample.stream().map(type -> type.stacked(rows)).toList();
  }

  /** Frees the programs and their memory. */
  @Override
  public void close() {
    closed = true;
    training.values().forEach(Program::close);
    inference.values().forEach(Program::close);
    prediction.values().forEach(Program::close);
    applying.values().forEach(Program::close);
    arena.close();
  }
}
