package dev.kiln.bench.peer;

import dev.kiln.backend.BackendProvider;
import dev.kiln.backend.Backends;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Everything that can be measured. */
public final class Peers {

  private static final String PREFIX = "kiln-";

  private Peers() {}

  /**
   * Returns the other frameworks by name.
   *
   * @param folder where files are put that they are started with
   */
  public static Map<String, Peer> others(Path folder) {
    Map<String, Peer> peers = new LinkedHashMap<>();
    add(peers, new Peer("pytorch", () -> PyTorch.command(folder, "eager")));
    add(peers, new Peer("pytorch-compiled", () -> PyTorch.command(folder, "compiled")));
    add(peers, new Peer("djl", new PeerBuild("djl", "dev.kiln.bench.djl.DjlDriver")::command));
    add(
        peers,
        new Peer(
            "deeplearning4j", new PeerBuild("dl4j", "dev.kiln.bench.dl4j.Dl4jDriver")::command));
    return peers;
  }

  private static void add(Map<String, Peer> peers, Peer peer) {
    peers.put(peer.name(), peer);
  }

  /** Returns Kiln on each of its backends by the backend's name, the preferred one first. */
  public static Map<String, Peer> kiln() {
    Map<String, Peer> peers = new LinkedHashMap<>();
    for (BackendProvider provider : Backends.providers()) {
      peers.put(provider.name(), new Peer(PREFIX + provider.name(), () -> command(provider)));
    }
    return peers;
  }

  private static List<String> command(BackendProvider provider) {
    provider
        .unavailableReason()
        .ifPresent(reason -> {
          throw new AbsentPeerException(reason);
        });
    List<String> command = new ArrayList<>(java("dev.kiln.bench.peer.KilnDriver"));
    command.add(provider.name());
    return command;
  }

  /** Starts a class of this program's class path in this program's Java. */
  private static List<String> java(String mainClass) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "-XX:+UseSerialGC",
        "-classpath",
        System.getProperty("java.class.path"),
        mainClass);
  }
}
