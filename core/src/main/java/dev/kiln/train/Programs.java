package dev.kiln.train;

import dev.kiln.backend.Backend;
import dev.kiln.backend.OutOfMemoryException;
import dev.kiln.backend.Precision;
import dev.kiln.exec.Plan;
import dev.kiln.exec.Planner;
import dev.kiln.exec.SharedArena;
import dev.kiln.exec.Variables;
import dev.kiln.nn.Network;
import dev.kiln.op.CorrectCount;
import dev.kiln.profile.Profile;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    return training.computeIfAbsent(types, key -> profiled(open(trainingGraph(key), key)));
  }

  /**
   * Returns what evaluates batches of these types.
   *
   * @throws PlanTooLargeException if it does not fit; names the largest batch that would
   */
  Program inference(List<TensorType> types) {
    return inference.computeIfAbsent(
        types, key -> open(TrainingGraph.inference(network, precision, key, counts), key));
  }

  /**
   * Returns what predicts for batches of these types.
   *
   * @param inputs the types of all fields but the target
   * @throws PlanTooLargeException if it does not fit; names the largest batch that would
   */
  Program prediction(List<TensorType> inputs) {
    return prediction.computeIfAbsent(
        inputs,
        key -> {
          List<TensorType> batch = new ArrayList<>(key);
          batch.add(TrainingGraph.TARGET, sample.get(TrainingGraph.TARGET).stacked(rows(key)));
          return open(TrainingGraph.prediction(network, precision, batch), key);
        });
  }

  private static int rows(List<TensorType> batch) {
    return batch.getFirst().shape().dim(0);
  }

  /** Returns what updates by the gradients accumulated over some batches. */
  Program applying(int batches) {
    return applying.computeIfAbsent(
        batches,
        key ->
            profiled(
                new Program(
                    backend,
                    TrainingGraph.applyAccumulated(
                        network, precision, key, settings.optimizer().rule(), settings.clip()),
                    variables,
                    arena)));
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

  private Program open(TrainingGraph graph, List<TensorType> types) {
    int rows = rows(types);
    try {
      return new Program(backend, graph, variables, arena);
    } catch (OutOfMemoryException tooLarge) {
      throw new PlanTooLargeException(
          rows, tooLarge.requestedBytes(), tooLarge.availableBytes(), largestBatch(rows));
    }
  }

  /** Bisects for the largest batch below {@code tooLarge} whose training plan fits. */
  private int largestBatch(int tooLarge) {
    int fits = 0;
    int fails = tooLarge;
    while (fails - fits > 1) {
      int middle = fits + (fails - fits) / 2;
      try (Plan plan = Planner.plan(backend, trainingGraph(types(middle)).graph())) {
        if (plan.stepBytes() <= backend.availableBytes()) {
          fits = middle;
        } else {
          fails = middle;
        }
      }
    }
    return fits;
  }

  private List<TensorType> types(int rows) {
    return sample.stream().map(type -> type.stacked(rows)).toList();
  }

  /** Frees the programs and their memory. */
  @Override
  public void close() {
    training.values().forEach(Program::close);
    inference.values().forEach(Program::close);
    prediction.values().forEach(Program::close);
    applying.values().forEach(Program::close);
    arena.close();
  }
}
