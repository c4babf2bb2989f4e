package dev.kiln.bench.peer;

import dev.kiln.bench.driver.Driver;
import dev.kiln.bench.driver.Job;
import dev.kiln.bench.driver.UnsupportedWorkloadException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A peer that has started on a workload and waits to be told what to do; see {@link Driver} for
 * what is said. Closing it ends the process.
 */
public final class PeerProcess implements AutoCloseable {

  /** Slow machines compile, and slow frameworks start, but none of them takes this long. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private static final int SHOWN_LINES = 12;

  /** What the reading thread adds when the process has closed its output. */
  private static final String ENDED = "";

  private final String name;
  private final Process process;
  private final Path log;
  private final long started = System.nanoTime();
  private final Writer in;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final String version;
  private final long parameters;

  /**
   * How fast a peer was.
   *
   * @param steps the steps made
   * @param seconds how long they took
   * @param disturbance which share of the processors other programs had meanwhile, in [0, 1]
   */
  public record Pace(long steps, double seconds, double disturbance) {

    /** Returns the samples trained on in a second. */
    public double samplesPerSecond(int batch) {
      return steps * batch / seconds;
    }
  }

  private PeerProcess(String name, Process process, Path log) throws IOException {
    this.name = name;
    this.process = process;
    this.log = log;
    this.in = process.outputWriter(StandardCharsets.UTF_8);
    Thread.ofPlatform().daemon().name(name).start(this::readLines);
    boolean complete = false;
    try {
      this.version = answer("version");
      this.parameters = Long.parseLong(answer("parameters"));
      complete = true;
    } finally {
      if (!complete) {
        close();
      }
    }
  }

  /**
   * Starts a peer on a workload.
   *
   * @param command its driver, as {@link Peer.Finder} found it
   * @param job what the driver is told
   * @param environment variables that all peers are given, such as the number of threads
   * @param log receives what it writes to its standard error output
   * @throws UnsupportedWorkloadException if it lacks something that the workload needs
   * @throws PeerFailedException if it ends by itself
   */
  public static PeerProcess start(
      String name, List<String> command, Job job, Map<String, String> environment, Path log)
      throws IOException {
    List<String> line = new ArrayList<>(command);
    line.addAll(List.of(job.workload(), job.exchange().toString(), job.purpose().argument()));
    ProcessBuilder builder = new ProcessBuilder(line).redirectError(log.toFile());
    builder.environment().putAll(environment);
    return new PeerProcess(name, builder.start(), log);
  }

  private void readLines() {
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.startsWith(Driver.PREFIX)) {
          lines.add(line.substring(Driver.PREFIX.length()));
        }
      }
    } catch (IOException closed) {
      // By close(), while this thread waited. Were it anything else, the line awaited is the end.
      lines.add(ENDED);
    } finally {
      lines.add(ENDED);
    }
  }

  private String nextLine() throws PeerFailedException {
    String line;
    try {
      line = lines.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new PeerFailedException(name + ": interrupted while it was waited for");
    }
    if (line == null) {
      throw new PeerFailedException(
          "%s: no answer within %d minutes".formatted(name, PATIENCE.toMinutes()));
    }
    return line;
  }

  /** Returns the rest of the next line, which must begin with this word. */
  private String answer(String word) throws IOException {
    return answer(word, nextLine());
  }

  private String answer(String word, String line) throws IOException {
    if (line.startsWith(word + " ")) {
      return line.substring(word.length() + 1);
    }
    if (line.startsWith("unsupported ")) {
      throw new UnsupportedWorkloadException(line.substring("unsupported ".length()));
    }
    throw line.equals(ENDED)
        ? endedByItself()
        : new PeerFailedException("%s answered '%s', not '%s'".formatted(name, line, word));
  }

  private PeerFailedException endedByItself() throws IOException {
    return new PeerFailedException(
        "%s ended by itself; the end of what it wrote:%n%s".formatted(name, endOfLog()));
  }

  private String endOfLog() throws IOException {
    List<String> written = Files.readAllLines(log);
    return String.join(
        System.lineSeparator(),
        written.subList(Math.max(0, written.size() - SHOWN_LINES), written.size()));
  }

  private void say(String text) throws IOException {
    try {
      in.write(text + "\n");
      in.flush();
    } catch (IOException nobodyReads) {
      throw endedByItself();
    }
  }

  /** Returns what it says that it is, with versions. */
  public String version() {
    return version;
  }

  /** Returns the number of learned numbers of its network. */
  public long parameters() {
    return parameters;
  }

  /** Returns how long ago the process was started. */
  public Duration age() {
    return Duration.ofNanos(System.nanoTime() - started);
  }

  /** Makes one step, and returns the loss before the update. */
  public double step() throws IOException {
    say("step");
    return Double.parseDouble(answer("loss"));
  }

  /** Makes steps for some time. */
  public Pace run(double seconds) throws IOException {
    ProcessorUse before = ProcessorUse.of(process.pid());
    say("run " + seconds);
    String[] words = answer("ran").split(" ", -1);
    return new Pace(
        Long.parseLong(words[0]),
        Double.parseDouble(words[1]),
        ProcessorUse.of(process.pid()).othersSince(before));
  }

  /**
   * How much memory a peer has.
   *
   * @param peakBytes the most it has had: of the GPU, if it trains on one, else of the machine;
   *     empty where that is not told
   * @param plannedBytes what was foretold for the training; empty where nothing was
   */
  public record MemoryUse(OptionalLong peakBytes, OptionalLong plannedBytes) {}

  /**
   * Asks how much memory it has. That is the last question: a driver of a commit from before it was
   * asked ends instead of answering, having done all else.
   */
  public MemoryUse memory() throws IOException {
    OptionalLong resident = residentBytes();
    say("memory");
    String line = nextLine();
    if (line.equals(ENDED)) {
      return new MemoryUse(resident, OptionalLong.empty());
    }
    String[] words = answer("memory", line).split(" ", -1);
    OptionalLong device = positive(words[0]);
    return new MemoryUse(device.isPresent() ? device : resident, positive(words[1]));
  }

  private static OptionalLong positive(String number) {
    long bytes = Long.parseLong(number);
    return bytes > 0 ? OptionalLong.of(bytes) : OptionalLong.empty();
  }

  /**
   * Returns the most memory the process has had, in bytes; empty where the operating system does
   * not tell. Linux: {@code VmHWM} in {@code /proc/PID/status}.
   */
  private OptionalLong residentBytes() throws IOException {
    Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
    if (!Files.isReadable(status)) {
      return OptionalLong.empty();
    }
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmHWM:")) {
        return OptionalLong.of(1024 * Long.parseLong(line.replaceAll("\\D", "")));
      }
    }
    return OptionalLong.empty();
  }

  /** Ends the process. */
  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
