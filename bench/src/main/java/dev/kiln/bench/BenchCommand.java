package dev.kiln.bench;

import dev.kiln.bench.peer.AbsentPeerException;
import dev.kiln.bench.peer.Peer;
import dev.kiln.bench.peer.Peers;
import dev.kiln.bench.report.Conditions;
import dev.kiln.bench.report.Measurement;
import dev.kiln.bench.report.Series;
import dev.kiln.bench.report.WorkloadResult;
import dev.kiln.bench.workload.Workload;
import dev.kiln.bench.workload.Workloads;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    sortOptions = false,
    description = {
      "Trains each workload on Kiln and on other frameworks, each in a process of its own and in",
      "turn, and prints how many samples a second each one trains on."
    },
    footer = {
      "",
      "Examples:",
      "  kiln bench                                        everything",
      "  kiln bench --workloads lenet-64,gru --peers pytorch --backends onednn"
    })
final class BenchCommand implements Callable<Integer> {

  @Option(
      names = "--workloads",
      split = ",",
      paramLabel = "NAME",
      description = "What is trained. Default: every workload.")
  private List<String> workloads = Workloads.names();

  @Option(
      names = "--peers",
      split = ",",
      paramLabel = "NAME",
      description = "What Kiln is compared with: pytorch. Default: all.")
  private @Nullable List<String> peers;

  @Option(
      names = "--backends",
      split = ",",
      paramLabel = "NAME",
      description = "Kiln's backends, see 'kiln devices'. Default: all.")
  private @Nullable List<String> backends;

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
      names = "--threads",
      paramLabel = "N",
      description = "The threads of each one. Default: the processors of this machine.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    Path folder = Files.createTempDirectory("kiln-bench");
    Map<String, List<String>> commands = new LinkedHashMap<>();
    for (Peer peer : chosen(folder)) {
      try {
        commands.put(peer.name(), peer.finder().command());
      } catch (AbsentPeerException absent) {
        out.println("%s is absent: %s".formatted(peer.name(), absent.getMessage()));
      }
    }
    Conditions conditions = new Conditions(threads, seconds, rounds);
    PrintWriter err = spec.commandLine().getErr();
    Comparison comparison =
        new Comparison(
            conditions,
            folder,
            text -> {
              err.println(text);
              err.flush();
            });
    for (String name : workloads) {
      print(out, comparison.run(Workloads.find(name), commands));
    }
    return ExitCode.OK;
  }

  private List<Peer> chosen(Path folder) {
    List<Peer> chosen = new ArrayList<>();
    Peers.kiln()
        .forEach((name, peer) -> {
          if (backends == null || backends.contains(name)) {
            chosen.add(peer);
          }
        });
    Peers.others(folder)
        .forEach((name, peer) -> {
          if (peers == null || peers.contains(name)) {
            chosen.add(peer);
          }
        });
    return chosen;
  }

  private static void print(PrintWriter out, WorkloadResult result) {
    Workload workload = result.workload();
    out.println("%n%s: %s".formatted(workload.name(), workload.description()));
    for (Measurement measured : result.measurements()) {
      Series rate = measured.samplesPerSecond();
      Series advantage = result.advantage(measured);
      out.println(
          "  %-16s %,10.0f samples/s (%,.0f to %,.0f)  Kiln is %.2f times as fast (%.2f to %.2f)  %,d MiB  start %.1f s  %,d parameters, %s"
              .formatted(
                  measured.peer(),
                  rate.median(),
                  rate.min(),
                  rate.max(),
                  advantage.median(),
                  advantage.min(),
                  advantage.max(),
                  measured.peakBytes().orElse(0) >> 20,
                  measured.startSeconds(),
                  measured.parameters(),
                  measured.sameness().describe()));
    }
    result.absent().forEach((peer, reason) -> out.println("  %-16s %s".formatted(peer, reason)));
    out.flush();
  }
}
