package dev.kiln.bench.scaling;

import dev.kiln.bench.workload.Workload;
import dev.kiln.bench.workload.Workloads;
import java.util.ArrayList;
import java.util.List;

/** The sizes that are measured. */
public final class Sizes {

  private static final int LARGEST_BATCH = 1024;
  private static final int DEEPEST = 16;

  private Sizes() {}

  /** Returns workloads with batches of 1, 2, 4 to 1,024 samples. */
  public static List<Workload> batches(List<Workload> workloads) {
    List<Workload> sizes = new ArrayList<>();
    for (Workload workload : workloads) {
      for (int batch = 1; batch <= LARGEST_BATCH; batch *= 2) {
        sizes.add(workload.withBatch(batch));
      }
    }
    return sizes;
  }

  /** Returns networks of 1, 2, 4, 8 and 16 hidden layers, linear and recurrent. */
  public static List<Workload> depths() {
    List<Workload> sizes = new ArrayList<>();
    for (int depth = 1; depth <= DEEPEST; depth *= 2) {
      sizes.add(Workloads.deepPerceptron(depth));
    }
    for (int depth = 1; depth <= DEEPEST; depth *= 2) {
      sizes.add(Workloads.deepLstm(depth));
    }
    return sizes;
  }
}
