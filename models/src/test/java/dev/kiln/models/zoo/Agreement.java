package dev.kiln.models.zoo;

import java.util.List;
import java.util.stream.IntStream;

/**
 * How far trainings on the CUDA backend and on the CPU agree that began from the same seed.
 *
 * @param cuda the losses on the CUDA backend
 * @param again those of its first steps once more
 * @param cpu the losses on the CPU, through oneDNN
 */
record Agreement(List<Double> cuda, List<Double> again, List<Double> cpu) {

  static final String CUDA = "cuda";
  static final String CPU = "onednn";

  /** What a loss is compared with at least: a small one differs by a share of this. */
  private static final double LEAST_SCALE = 0.1;

  /** How many steps are made twice; from the third on the recorded ones are replayed. */
  private static final int REPEATED = 5;

  /** Trains on both for some steps. */
  static Agreement of(ZooTraining training, int steps) {
    return new Agreement(
        training.losses(CUDA, steps),
        training.losses(CUDA, Math.min(REPEATED, steps)),
        training.losses(CPU, steps));
  }

  /** Whether the CUDA backend computed the same bits twice. */
  boolean repeats() {
    return cuda.subList(0, again.size()).equals(again);
  }

  /** Returns the largest difference of the losses of a step, as a share. */
  double largestDifference() {
    return IntStream.range(0, cpu.size())
        .mapToDouble(step -> difference(cuda.get(step), cpu.get(step)))
        .max()
        .orElseThrow();
  }

  private static double difference(double got, double want) {
    return Math.abs(got - want) / Math.max(LEAST_SCALE, want);
  }
}
