package dev.kiln.bench;

import dev.kiln.backend.Backends;
import dev.kiln.bench.peer.AbsentPeerException;
import dev.kiln.bench.peer.CommitBuild;
import dev.kiln.bench.peer.Peer;
import dev.kiln.bench.peer.Peers;
import dev.kiln.cli.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who takes part in a comparison.
 *
 * @param commands the driver of each peer by its name; the first is what others are compared with
 * @param commits what the commits are among them, by the peer's name
 * @param absent those that cannot be started on this machine, with the reason
 */
record Lineup(
    Map<String, List<String>> commands, Map<String, String> commits, Map<String, String> absent) {

  private static final String ON_GPU = "cuda";

  /** Chooses no peer. */
  private static final String NONE = "none";

  /**
   * Returns whether what is compared trains on a GPU.
   *
   * @param backends the names that the user gave, if any
   */
  static boolean isOnGpu(@Nullable List<String> backends) {
    return backends == null
        ? Backends.providers().getFirst().name().equals(ON_GPU)
            && Backends.providers().getFirst().unavailableReason().isEmpty()
        : backends.getFirst().equals(ON_GPU);
  }

  /**
   * Lets Kiln take part on each of its backends, and other frameworks.
   *
   * @param backends the names that the user gave, if any
   * @param peers the names of other frameworks that the user gave, if any
   * @param folder where files are put that they are started with
   * @param waiting is told what is waited for
   * @throws UsageException if a name is unknown, or nothing that was asked for is here
   */
  static Lineup of(
      @Nullable List<String> backends,
      @Nullable List<String> peers,
      Path folder,
      Consumer<String> waiting)
      throws IOException, InterruptedException {
    Map<String, List<String>> commands = new LinkedHashMap<>();
    Map<String, String> absent = new LinkedHashMap<>();
    for (Peer peer : chosen(backends, peers, folder)) {
      try {
        commands.put(peer.name(), peer.finder().command(waiting));
      } catch (AbsentPeerException reason) {
        absent.put(peer.name(), String.valueOf(reason.getMessage()));
      }
    }
    if (commands.isEmpty()) {
      throw new UsageException("nothing that was asked for can be measured here: " + absent);
    }
    return new Lineup(commands, Map.of(), absent);
  }

  private static List<Peer> chosen(
      @Nullable List<String> backends, @Nullable List<String> peers, Path folder) {
    List<Peer> chosen = new ArrayList<>();
    Map<String, Peer> kiln = Peers.kiln();
    for (String name : Choice.of("backend", kiln.keySet(), backends)) {
      chosen.add(Objects.requireNonNull(kiln.get(name)));
    }
    boolean onGpu = isOnGpu(backends);
    Map<String, Peer> others =
        new LinkedHashMap<>(onGpu ? Peers.othersOnGpu(folder) : Peers.others(folder));
    Collection<String> usual = List.copyOf(others.keySet());
    others.putAll(onGpu ? Peers.others(folder) : Peers.othersOnGpu(folder));
    if (!List.of(NONE).equals(peers)) {
      for (String name : peers == null ? usual : Choice.of("peer", others.keySet(), peers)) {
        chosen.add(Objects.requireNonNull(others.get(name)));
      }
    }
    return chosen;
  }

  /**
   * Lets Kiln take part as it was at commits of its sources, the last of them first.
   *
   * @param commits whatever git takes for commits
   * @param backends the names that the user gave, if any; the first is what they train on
   * @param waiting is told what is waited for
   * @throws UsageException if git has no such commit, or Kiln was not started from its sources
   * @throws IOException if one of them cannot be built
   */
  static Lineup ofCommits(
      List<String> commits, @Nullable List<String> backends, Consumer<String> waiting)
      throws IOException, InterruptedException {
    String backend =
        backends == null
            ? preferred()
            : Choice.of("backend", Peers.kiln().keySet(), backends).getFirst();
    String root = System.getProperty("kiln.root");
    if (root == null) {
      throw new UsageException("commits are built from Kiln's sources: start 'kiln bench' there");
    }
    List<CommitBuild> builds = new ArrayList<>();
    try {
      for (String commit : commits.reversed()) {
        builds.add(CommitBuild.of(Path.of(root), commit));
      }
    } catch (AbsentPeerException unknown) {
      throw new UsageException(String.valueOf(unknown.getMessage()), unknown);
    }
    Map<String, List<String>> commands = new LinkedHashMap<>();
    Map<String, String> subjects = new LinkedHashMap<>();
    for (CommitBuild build : builds) {
      try {
        commands.put(build.name(), build.command(backend, waiting));
      } catch (AbsentPeerException failed) {
        throw new IOException("commit %s: %s".formatted(build.name(), failed.getMessage()), failed);
      }
      subjects.put(build.name(), build.subject());
    }
    return new Lineup(commands, subjects, Map.of());
  }

  private static String preferred() {
    return Backends.providers().stream()
        .filter(provider -> provider.unavailableReason().isEmpty())
        .findFirst()
        .orElseThrow()
        .name();
  }
}
