package dev.kiln.bench;

import dev.kiln.bench.peer.Git;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Which state of Kiln's sources is measured. */
final class SourceState {

  private SourceState() {}

  /**
   * Returns git's name of the state, with {@code -dirty} where files were changed since; away from
   * git what the system property {@code kiln.commit} says.
   */
  static Optional<String> commit() throws IOException, InterruptedException {
    String known = System.getProperty("kiln.commit");
    if (known != null) {
      return Optional.of(known);
    }
    String root = System.getProperty("kiln.root");
    return root == null
        ? Optional.empty()
        : new Git(Path.of(root)).answer("describe", "--always", "--dirty");
  }
}
