package dev.kiln.train;

import dev.kiln.backend.Backend;
import dev.kiln.backend.OutOfMemoryException;
import dev.kiln.backend.Readback;
import dev.kiln.exec.Plan;
import dev.kiln.exec.Session;
import dev.kiln.exec.SharedArena;
import dev.kiln.exec.Variables;
import dev.kiln.nn.Outcome;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A training or inference graph ready to run, with the small host tensors it is fed by. It owns its
 * session.
 */
final class Program implements AutoCloseable {

  /** How many runs may be under way before the loss of the first is known. */
  static final int RUNS_BEING_READ = 2;

  private final TrainingGraph graph;
  private final BiFunction<Plan, OutOfMemoryException, RuntimeException> tooLarge;
  private final Session session;
  private final Tensor counter = Tensor.allocate(TensorType.of(DType.I64, 2));
  private final Tensor step = Tensor.allocate(TensorType.of(DType.I64));
  private final Tensor rate;
  private final Tensor loss;
  private final Tensor count = Tensor.allocate(TensorType.of(DType.I64));
  private @Nullable Tensor predictions;
  private final List<Reading> readings = new ArrayList<>();
  private int nextReading;

  /**
   * Opens a session.
   *
   * @param tooLarge what is thrown when the memory runs out in a step
   */
  Program(
      Backend backend,
      TrainingGraph graph,
      Variables variables,
      SharedArena arena,
      BiFunction<Plan, OutOfMemoryException, RuntimeException> tooLarge) {
    this.graph = graph;
    this.tooLarge = tooLarge;
    this.session = Session.open(backend, graph.graph(), variables, arena);
    this.rate = Tensor.allocate(graph.rate().type());
    this.loss = Tensor.allocate(graph.rate().type());
  }

  Session session() {
    return session;
  }

  /**
   * Runs everything once.
   *
   * @throws PlanTooLargeException if the plan of a batch left the device too little
   */
  void run() {
    try {
      session.run();
    } catch (OutOfMemoryException refused) {
      throw tooLarge.apply(session.plan(), refused);
    }
  }

  /** Feeds the numbers that change with every step. */
  void feedStep(long seed, long number, double learningRate) {
    counter.data().setAtIndex(ValueLayout.JAVA_LONG, 0, seed);
    counter.data().setAtIndex(ValueLayout.JAVA_LONG, 1, number);
    step.data().setAtIndex(ValueLayout.JAVA_LONG, 0, number);
    rate.set(0, learningRate);
    session.feed(graph.counter(), counter);
    session.feed(graph.step(), step);
    session.feed(graph.rate(), rate);
  }

  /** Feeds everything a training step takes. */
  void feed(StepInputs inputs) {
    feedBatch(inputs.batch());
    feedStep(inputs.seed(), inputs.number(), inputs.rate());
  }

  void feedBatch(List<Tensor> fields) {
    for (int i = 0; i < fields.size(); i++) {
      session.feed(graph.batch().get(i), fields.get(i));
    }
  }

  /** Reads the loss of the last run. */
  double readLoss() {
    session.read(outcome().loss(), loss);
    return loss.get(0);
  }

  /** Reads what the last run has counted. */
  long[] readCounts() {
    long[] counts = new long[graph.counts().size()];
    for (int i = 0; i < counts.length; i++) {
      session.read(graph.counts().get(i), count);
      counts[i] = count.data().get(ValueLayout.JAVA_LONG, 0);
    }
    return counts;
  }

  /** Reads the predictions of the last run into a tensor that the next call reuses. */
  Tensor readPredictions() {
    Tensor destination = predictions;
    if (destination == null) {
      destination = Tensor.allocate(outcome().predictions().type());
      predictions = destination;
    }
    session.read(outcome().predictions(), destination);
    return destination;
  }

  /** Reads the predictions of the last run into memory of their own. */
  Tensor copyPredictions() {
    return session.read(outcome().predictions());
  }

  /** A copy of a run's loss and counts on the host, there some time after the run. */
  static final class Reading {

    private final Readback readback;
    private final Tensor loss;
    private final List<MemorySegment> counts;

    private Reading(Readback readback, TensorType type) {
      this.readback = readback;
      this.loss = Tensor.wrap(type, readback.values().getFirst());
      this.counts = readback.values().subList(1, readback.values().size());
    }

    boolean isDone() {
      return readback.isDone();
    }

    void await() {
      readback.await();
    }

    double loss() {
      return loss.get(0);
    }

    long[] counts() {
      return counts.stream().mapToLong(count -> count.get(ValueLayout.JAVA_LONG, 0)).toArray();
    }
  }

  /**
   * Asks for the loss and the counts of the last run. What is returned is used again by the next
   * call but one.
   */
  Reading startReading() {
    while (readings.size() < RUNS_BEING_READ) {
      List<Value> read = new ArrayList<>(List.of(outcome().loss()));
      read.addAll(graph.counts());
      readings.add(new Reading(session.readback(read), outcome().loss().type()));
    }
    Reading reading = readings.get(nextReading);
    nextReading = (nextReading + 1) % RUNS_BEING_READ;
    reading.readback.start();
    return reading;
  }

  private Outcome outcome() {
    return graph.outcome().getFirst();
  }

  @Override
  public void close() {
    readings.forEach(reading -> reading.readback.close());
    session.close();
  }
}
