package dev.kiln.cpu.onednn;

import dev.kiln.backend.Kernel;
import java.util.List;

/**
 * What is done for the rows of one thread, see {@link SequenceOrder}. Rows depend on each other in
 * no turn, so a thread goes through all turns on its own and never waits for the others.
 */
@FunctionalInterface
interface RowWork {

  /** Does it for the rows of a thread. */
  void run(int thread);

  /** Returns what does several pieces of work one after the other, on all threads at once. */
  static Kernel onAllThreads(OpenMpTeam team, List<RowWork> works) {
    RowWork[] sequence = works.toArray(RowWork[]::new);
    OpenMpTeam.Part part =
        thread -> {
          for (RowWork work : sequence) {
            work.run(thread);
          }
        };
    return () -> team.run(part);
  }
}
