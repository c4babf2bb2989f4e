package dev.kiln.bench;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.bench.peer.Peers;
import dev.kiln.bench.report.Conditions;
import dev.kiln.bench.workload.Workload;
import dev.kiln.bench.workload.Workloads;
import dev.kiln.cli.KilnVersion;
import dev.kiln.cli.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kiln bench}: how fast Kiln trains, beside other frameworks on the same machine. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    versionProvider = KilnVersion.class,
    sortOptions = false,
    description = {
      "Trains each workload on Kiln and on other frameworks, each in a process of its own and in",
      "turn, and prints how many samples a second each one trains on, its memory and its start.",
      "Frameworks of the JVM are downloaded by Maven when they are compared with for the first",
      "time, and never reach the class path of the other commands."
    },
    footer = {
      "",
      "Examples:",
      "  kiln bench                                                everything",
      "  kiln bench --workloads lenet-64,gru --peers pytorch       two workloads, one peer",
      "  kiln bench --peers none --backends onednn --seconds 5     Kiln alone",
      "  kiln bench --backends cuda --peers pytorch-cuda           on a GPU",
      "  kiln bench --json results.json                            also results.json and"
          + " results.md",
      "  kiln bench --commits HEAD~1,HEAD --workloads gru          what the last change brought",
      "  kiln bench --roofline --workloads vgg6bn                  where a step's time goes, and"
          + " why"
    })
final class BenchCommand implements Callable<Integer> {

  private static final List<String> SCALED = List.of("mlp", "lenet-64", "lstm");

  /** What a comparison alone heeds. */
  private static final List<String> OF_COMPARISONS =
      List.of("--peers", "--commits", "--rounds", "--patience", "--json");

  private static final List<String> OF_ANALYSES =
      List.of("--workloads", "--backends", "--batch", "--seconds", "--threads");

  /** Sizes are what scaling is about, and earlier commits know those of their workloads alone. */
  private static final List<String> OF_ONE_SIZE = List.of("--batch");

  @Option(
      names = "--workloads",
      split = ",",
      paramLabel = "NAME",
      description =
          "What is trained: mlp, lenet-64, lenet-256, vgg6bn, resnet18, rnn, gru, lstm, char-lstm,"
              + " char-gru, seq2seq; resnet18-256, resnet18-1024, char-lstm-1024, char-gru-1024."
              + " Default: those before the semicolon; on a GPU the last four instead of resnet18,"
              + " char-lstm and char-gru.")
  private @Nullable List<String> workloads;

  @Option(
      names = "--peers",
      split = ",",
      paramLabel = "NAME",
      description =
          "What Kiln is compared with: pytorch, pytorch-compiled, djl, deeplearning4j; on a GPU"
              + " pytorch-cuda, pytorch-cuda-compiled, pytorch-cuda-graphs; or none. Default: all"
              + " of the device.")
  private @Nullable List<String> peers;

  @Option(
      names = "--backends",
      split = ",",
      paramLabel = "NAME",
      description =
          "Kiln's backends, see 'kiln devices'; the first is what is compared. Default: all.")
  private @Nullable List<String> backends;

  @Option(
      names = "--commits",
      split = ",",
      paramLabel = "COMMIT",
      description =
          "Instead of Kiln as it is and other frameworks: Kiln as it was at these commits of its"
              + " sources, whatever git takes for one, each built once; the last is compared with"
              + " those before it, on the first of the backends.")
  private @Nullable List<String> commits;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description =
          "The samples of a batch, instead of what belongs to the workload: for a look at whether"
              + " it runs on a slow machine. Figures are of this size alone. Default: the"
              + " workload's.")
  private @Nullable Integer batch;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "2",
      description = "The length of a turn. Default: ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "How often each one has its turn. Default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--patience",
      paramLabel = "S",
      defaultValue = "5",
      description =
          "How long a turn is repeated that other programs disturb. Default: ${DEFAULT-VALUE}.")
  private double patience;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "The threads of each one. Default: the processors of this machine.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description =
          "Write every figure to this file, and a page for people beside it, ending with .md.")
  private @Nullable Path json;

  @Option(
      names = "--roofline",
      description =
          "Instead: for each node of a training step, how far it is from what the machine can do.")
  private boolean roofline;

  @Option(
      names = "--scaling",
      description =
          "Instead: speed with batches of 1 to 1,024, and memory with batches and depth, foretold"
              + " and measured. Default workloads: mlp, lenet-64, lstm.")
  private boolean scaling;

  @Option(
      names = "--micro",
      arity = "0..1",
      paramLabel = "PATTERN",
      fallbackValue = ".*",
      description =
          "Instead: single operations under JMH, built when first asked for; those whose name the"
              + " pattern matches: MATMUL, CONV2D, GRU, ADAM, batch and so on.")
  private @Nullable String micro;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    checkUse();
    Conditions conditions = conditions();
    List<Workload> chosen = chosenWorkloads();
    PrintWriter out = spec.commandLine().getOut();
    if (micro != null) {
      return MicroBenchmarks.run(micro, this::say);
    }
    if (roofline || scaling) {
      analyze(conditions, chosen, out);
      return ExitCode.OK;
    }
    return compare(conditions, chosen, out);
  }

  /** An option that would change nothing is refused. */
  private void checkUse() {
    if (micro != null) {
      refuse("--micro", List.of("--roofline", "--scaling"));
      refuse("--micro", OF_ANALYSES);
      refuse("--micro", OF_COMPARISONS);
    }
    if (roofline || scaling) {
      refuse(roofline ? "--roofline" : "--scaling", OF_COMPARISONS);
    }
    if (scaling) {
      refuse("--scaling", OF_ONE_SIZE);
    }
    if (commits != null) {
      refuse("--commits", OF_ONE_SIZE);
    }
    if (commits != null && peers != null) {
      throw new UsageException("--commits compares Kiln with itself: leave out --peers");
    }
  }

  private void refuse(String measured, List<String> options) {
    for (String option : options) {
      if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
        throw new UsageException(
            "%s measures without %s: leave out one of them".formatted(measured, option));
      }
    }
  }

  private List<Workload> chosenWorkloads() {
    List<Workload> chosen =
        workloads == null
            ? usualWorkloads()
            : Choice.of("workload", Workloads.names(), workloads).stream()
                .map(Workloads::find)
                .toList();
    if (batch == null) {
      return chosen;
    }
    int rows = batch;
    if (rows < 1) {
      throw new UsageException("--batch must be positive, not " + rows);
    }
    return chosen.stream().map(workload -> workload.withBatch(rows)).toList();
  }

  private int compare(Conditions conditions, List<Workload> chosen, PrintWriter out)
      throws IOException, InterruptedException {
    MeasuredComparison comparison = new MeasuredComparison(conditions, chosen, json, out);
    Path folder = Files.createTempDirectory("kiln-bench");
    try (Ending ending = new Ending(folder, spec.commandLine().getErr(), comparison::kept)) {
      return comparison.run(lineup(folder), folder) ? ExitCode.OK : ExitCode.SOFTWARE;
    }
  }

  private Lineup lineup(Path folder) throws IOException, InterruptedException {
    return commits == null
        ? Lineup.of(backends, peers, folder, this::say)
        : Lineup.ofCommits(commits, backends, this::say);
  }

  /** What is waited for is no result. */
  private void say(String waitedFor) {
    spec.commandLine().getErr().println("kiln bench: " + waitedFor);
    spec.commandLine().getErr().flush();
  }

  private void analyze(Conditions conditions, List<Workload> chosen, PrintWriter out)
      throws IOException, InterruptedException {
    List<String> names = Choice.of("backend", Peers.kiln().keySet(), backends);
    try (Backend backend =
        backends == null ? Backends.openBest() : Backends.open(names.getFirst(), 0)) {
      Analyses analyses = new Analyses(out, backend, conditions);
      if (roofline) {
        analyses.roofline(chosen);
      }
      if (scaling) {
        analyses.scaling(
            workloads == null ? SCALED.stream().map(Workloads::find).toList() : chosen);
      }
    }
  }

  private Conditions conditions() {
    try {
      return new Conditions(threads, seconds, rounds, patience);
    } catch (IllegalArgumentException wrong) {
      throw new UsageException(String.valueOf(wrong.getMessage()), wrong);
    }
  }

  private List<Workload> usualWorkloads() {
    return Lineup.isOnGpu(backends) ? Workloads.ofGpu() : Workloads.all();
  }
}
