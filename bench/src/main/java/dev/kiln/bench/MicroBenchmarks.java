package dev.kiln.bench;

import dev.kiln.bench.peer.AbsentPeerException;
import dev.kiln.bench.peer.PeerBuild;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Single operations under JMH, in processes of their own. */
final class MicroBenchmarks {

  /** Chooses operations by JMH's parameter, and all where the pattern names none. */
  private static final String BATCHES = "batch";

  private MicroBenchmarks() {}

  /**
   * Runs them.
   *
   * @param waiting is told before they are built
   * @param pattern {@code .*} for all, {@code batch} for the assembly of batches, else an operation
   * @return the exit code
   */
  static int run(String pattern, Consumer<String> waiting)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    try {
      command.addAll(new PeerBuild("micro", "org.openjdk.jmh.Main").command(waiting));
    } catch (AbsentPeerException absent) {
      throw new IOException("JMH: " + absent.getMessage(), absent);
    }
    if (pattern.equals(BATCHES)) {
      command.add("BatchBenchmark");
    } else if (!pattern.equals(".*")) {
      command.addAll(
          List.of("OperationBenchmark", "-p", "operation=" + pattern.toUpperCase(Locale.ROOT)));
    }
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }
}
