package dev.kiln.bench.driver;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Serves a framework to the process that measures it, line by line. The command line is {@code
 * WORKLOAD EXCHANGE PURPOSE}. It says at first, each line after {@link #PREFIX},
 *
 * <pre>
 * version TEXT
 * parameters COUNT         or    unsupported REASON
 * </pre>
 *
 * and then answers {@code step}, which makes one step, with {@code loss NUMBER}, and {@code run
 * SECONDS}, which makes steps for that long, with {@code ran STEPS SECONDS}, and {@code memory}
 * with {@code memory DEVICE_BYTES PLANNED_BYTES}. It ends with its input. Whatever a framework
 * prints by itself does not begin with the prefix, and is ignored.
 */
public final class Driver {

  /** Begins every line of the protocol. */
  public static final String PREFIX = "kiln-bench ";

  private final PrintStream out;

  private Driver(PrintStream out) {
    this.out = out;
  }

  /**
   * Serves until the input ends.
   *
   * @param framework what trains
   * @param args the command line
   * @throws IOException if the exchange file cannot be read
   */
  public static void serve(Framework framework, String... args) throws IOException {
    Job job = new Job(args[0], Path.of(args[1]), Purpose.of(args[2]));
    new Driver(System.out).serve(framework, job);
  }

  private void serve(Framework framework, Job job) throws IOException {
    say("version " + framework.version());
    try (Training training = framework.open(job)) {
      say("parameters " + training.parameters());
      BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
          case "step" -> {
            training.step();
            say("loss " + training.loss());
          }
          case "memory" ->
              say("memory %d %d".formatted(training.deviceBytes(), training.plannedBytes()));
          case "run" -> run(training, Double.parseDouble(words[1]));
          default -> throw new IOException("a driver cannot do this: " + line);
        }
      }
    } catch (UnsupportedWorkloadException unsupported) {
      say("unsupported " + unsupported.getMessage());
    }
  }

  private void run(Training training, double seconds) {
    long begin = System.nanoTime();
    long end = begin + (long) (seconds * 1e9);
    long steps = 0;
    long now = begin;
    while (now < end) {
      training.step();
      steps++;
      now = System.nanoTime();
    }
    training.loss();
    now = System.nanoTime();
    say("ran " + steps + " " + (now - begin) / 1e9);
  }

  private void say(String text) {
    out.println(PREFIX + text);
    out.flush();
  }
}
