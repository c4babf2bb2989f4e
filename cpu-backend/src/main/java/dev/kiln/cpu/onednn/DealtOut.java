package dev.kiln.cpu.onednn;

import dev.kiln.backend.Kernel;
import java.util.List;
import java.util.function.IntFunction;

/** Kernels that do not depend on each other, dealt out to the threads one by one. */
final class DealtOut {

  private DealtOut() {}

  /**
   * Returns what runs all of them, each on one thread.
   *
   * @param kernels each is bound for the thread that it is given
   */
  static Kernel to(OpenMpTeam team, List<IntFunction<Kernel>> kernels) {
    int threads = OpenMpTeam.size();
    Kernel[] bound = new Kernel[kernels.size()];
    for (int i = 0; i < bound.length; i++) {
      bound[i] = kernels.get(i).apply(i % threads);
    }
    OpenMpTeam.Part part =
        thread -> {
          for (int i = thread; i < bound.length; i += threads) {
            bound[i].run();
          }
        };
    return () -> team.run(part);
  }
}
