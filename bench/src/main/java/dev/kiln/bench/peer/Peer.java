package dev.kiln.bench.peer;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * Something that trains the workloads and is measured.
 *
 * @param name what it is asked for by, such as {@code pytorch} or {@code kiln-onednn}
 * @param finder how it is started on this machine
 */
public record Peer(String name, Finder finder) {

  /** Finds out how a peer is started. */
  @FunctionalInterface
  public interface Finder {

    /**
     * Returns the command of its driver, to which the driver's arguments are added.
     *
     * @param waiting is told what is waited for, where that takes long
     * @throws AbsentPeerException if this machine lacks it; the message says how to get it
     */
    List<String> command(Consumer<String> waiting) throws IOException, InterruptedException;
  }
}
