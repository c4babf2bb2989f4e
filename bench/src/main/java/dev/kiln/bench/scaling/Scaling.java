package dev.kiln.bench.scaling;

import dev.kiln.backend.Backend;
import dev.kiln.backend.MeteredBackend;
import dev.kiln.bench.report.TextTable;
import dev.kiln.bench.workload.Workload;
import dev.kiln.nn.Network;
import dev.kiln.tensor.Tensor;
import dev.kiln.train.Learner;
import dev.kiln.train.Optimizer;
import dev.kiln.train.Settings;
import java.util.List;

/**
 * What a training costs at one size.
 *
 * @param workload what is trained, by batches of which size
 * @param stepsPerSecond how fast
 * @param plannedBytes the memory that the plan foretells
 * @param allocatedBytes the most memory that was held of the backend
 * @param residentBytes by how much the memory of the process grew, which also has what the backend
 *     holds for itself; 0 where the system does not tell
 */
public record Scaling(
    Workload workload,
    double stepsPerSecond,
    long plannedBytes,
    long allocatedBytes,
    long residentBytes) {

  /** Trains for some time. */
  public static Scaling measure(Workload workload, Backend backend, double seconds) {
    MeteredBackend metered = new MeteredBackend(backend);
    long residentBefore = ResidentMemory.bytes();
    Settings settings = Settings.of(Optimizer.adam(Workload.RATE));
    Network network = workload.network(workload.model());
    List<Tensor> batch = workload.drawBatch();
    try (Learner learner = new Learner(metered, network, workload.sample(), settings)) {
      learner.train(batch);
      long begin = System.nanoTime();
      long end = begin + (long) (seconds * 1e9);
      int steps = 0;
      do {
        learner.train(batch);
        steps++;
      } while (System.nanoTime() < end);
      double took = (System.nanoTime() - begin) / 1e9;
      return new Scaling(
          workload,
          steps / took,
          learner.trainingPlan(workload.batch()).totalBytes(),
          metered.mostBytes(),
          Math.max(0, ResidentMemory.bytes() - residentBefore));
    }
  }

  /** Returns by which share of the allocated memory the plan was wrong. */
  public double error() {
    return Math.abs(plannedBytes - allocatedBytes) / (double) allocatedBytes;
  }

  /** Returns a row for each size. */
  public static TextTable table(List<Scaling> sizes) {
    TextTable table =
        new TextTable(
            "workload",
            "batch",
            "steps/s",
            "samples/s",
            "planned",
            "allocated",
            "error",
            "process grew by");
    for (Scaling size : sizes) {
      table.row(
          size.workload.name(),
          "%,d".formatted(size.workload.batch()),
          "%,.1f".formatted(size.stepsPerSecond),
          "%,.0f".formatted(size.stepsPerSecond * size.workload.batch()),
          "%,d".formatted(size.plannedBytes),
          "%,d".formatted(size.allocatedBytes),
          "%.2f%%".formatted(100 * size.error()),
          "%,d MiB".formatted(size.residentBytes >> 20));
    }
    return table;
  }
}
