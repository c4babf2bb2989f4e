package dev.kiln.bench.peer;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.bench.driver.Driver;
import dev.kiln.bench.driver.Framework;
import dev.kiln.bench.driver.Job;
import dev.kiln.bench.driver.Purpose;
import dev.kiln.bench.driver.Training;
import dev.kiln.bench.workload.Exchange;
import dev.kiln.bench.workload.Workload;
import dev.kiln.bench.workload.Workloads;
import dev.kiln.nn.Network;
import dev.kiln.tensor.Tensor;
import dev.kiln.train.Learner;
import dev.kiln.train.Optimizer;
import dev.kiln.train.Settings;
import dev.kiln.train.Submission;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Kiln on one of its backends, as a process that is measured. */
public final class KilnDriver implements Framework {

  private static final String ON_GPU = "cuda";

  private final Backend backend;

  private KilnDriver(Backend backend) {
    this.backend = backend;
  }

  /**
   * Serves until the input ends.
   *
   * @param args the backend's name, then a driver's arguments
   */
  public static void main(String[] args) throws IOException {
    try (Backend backend = Backends.open(args[0], 0)) {
      Driver.serve(new KilnDriver(backend), List.of(args).subList(1, 4).toArray(String[]::new));
    }
  }

  @Override
  public String version() {
    return "Kiln, " + backend.description();
  }

  @Override
  public Training open(Job job) throws IOException {
    Exchange exchange = Exchange.read(job.exchange());
    Workload workload = Workloads.find(job.workload()).withBatch(exchange.rows());
    Network network =
        workload.network(job.purpose() == Purpose.CHECK ? workload.checked() : workload.model());
    long free = backend.availableBytes();
    Learner learner =
        new Learner(
            backend, network, workload.sample(), Settings.of(Optimizer.adam(Workload.RATE)));
    learner.variables().write(Network.PARAMETERS, network.flat(exchange.weights()));
    List<Tensor> batch =
        workload.fields().keySet().stream()
            .map(name -> Objects.requireNonNull(exchange.batch().get(name)))
            .toList();
    return new Learning(learner, batch, free);
  }

  private static final class Learning implements Training {

    private final Learner learner;
    private final List<Tensor> batch;
    private final long free;
    private @Nullable Submission last;

    Learning(Learner learner, List<Tensor> batch, long free) {
      this.learner = learner;
      this.batch = batch;
      this.free = free;
    }

    @Override
    public long parameters() {
      return learner.network().parameterCount();
    }

    @Override
    public void step() {
      last = learner.submit(batch);
    }

    @Override
    public double loss() {
      return Objects.requireNonNull(last, "no step has been made").loss();
    }

    /** By what the driver has free, as PyTorch is measured too. */
    @Override
    public long deviceBytes() {
      return learner.backend().name().equals(ON_GPU)
          ? free - learner.backend().availableBytes()
          : 0;
    }

    @Override
    public long plannedBytes() {
      return learner.trainingPlan(batch.getFirst().shape().dim(0)).totalBytes();
    }

    @Override
    public void close() {
      learner.close();
    }
  }
}
