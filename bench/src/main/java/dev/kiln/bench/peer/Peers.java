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

  /** Where the libraries that oneDNN comes with are unpacked. */
  private static final String NATIVES = "org.bytedeco.javacpp.cachedir";

  private Peers() {}

  /**
   * Returns the other frameworks on the processor by name.
   *
   * @param folder where files are put that they are started with
   */
  public static Map<String, Peer> others(Path folder) {
    Map<String, Peer> peers = new LinkedHashMap<>();
    add(peers, pytorch("pytorch", folder, PyTorch.Device.CPU, "eager"));
    add(peers, pytorch("pytorch-compiled", folder, PyTorch.Device.CPU, "compiled"));
    add(peers, new Peer("djl", new PeerBuild("djl", "dev.kiln.bench.djl.DjlDriver")::command));
    add(
        peers,
        new Peer(
            "deeplearning4j", new PeerBuild("dl4j", "dev.kiln.bench.dl4j.Dl4jDriver")::command));
    return peers;
  }

  /**
   * Returns the other frameworks on a GPU by name.
   *
   * @param folder where files are put that they are started with
   */
  public static Map<String, Peer> othersOnGpu(Path folder) {
    Map<String, Peer> peers = new LinkedHashMap<>();
    add(peers, pytorch("pytorch-cuda", folder, PyTorch.Device.CUDA, "eager"));
    add(peers, pytorch("pytorch-cuda-compiled", folder, PyTorch.Device.CUDA, "compiled"));
    add(peers, pytorch("pytorch-cuda-graphs", folder, PyTorch.Device.CUDA, "graphs"));
    return peers;
  }

  private static Peer pytorch(String name, Path folder, PyTorch.Device device, String mode) {
    return new Peer(name, _ -> PyTorch.command(folder, device, mode));
  }

  private static void add(Map<String, Peer> peers, Peer peer) {
    peers.put(peer.name(), peer);
  }

  /** Returns Kiln on each of its backends by the backend's name, the preferred one first. */
  public static Map<String, Peer> kiln() {
    Map<String, Peer> peers = new LinkedHashMap<>();
    for (BackendProvider provider : Backends.providers()) {
      peers.put(provider.name(), new Peer(PREFIX + provider.name(), _ -> command(provider)));
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

  /** Starts a class of this program's class path in this program's Java, with its settings. */
  private static List<String> java(String mainClass) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC"));
    for (String name : System.getProperties().stringPropertyNames()) {
      if (name.startsWith("kiln.") || name.equals(NATIVES)) {
        command.add("-D%s=%s".formatted(name, System.getProperty(name)));
      }
    }
    command.addAll(List.of("-classpath", System.getProperty("java.class.path"), mainClass));
    return command;
  }
}
