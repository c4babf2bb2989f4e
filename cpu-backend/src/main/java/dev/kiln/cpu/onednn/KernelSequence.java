package dev.kiln.cpu.onednn;

import dev.kiln.backend.Kernel;
import java.util.List;

/** Runs kernels one after the other. */
final class KernelSequence implements Kernel {

  private final Kernel[] kernels;

  private KernelSequence(Kernel[] kernels) {
    this.kernels = kernels;
  }

  /** Joins kernels in the order in which they run. */
  static Kernel of(List<Kernel> kernels) {
    return new KernelSequence(kernels.toArray(Kernel[]::new));
  }

  @Override
  public void run() {
    for (Kernel kernel : kernels) {
      kernel.run();
    }
  }
}
