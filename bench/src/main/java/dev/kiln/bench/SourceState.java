package dev.kiln.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
    if (root == null) {
      return Optional.empty();
    }
    Process git;
    try {
      git =
          new ProcessBuilder("git", "-C", root, "describe", "--always", "--dirty")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException noGit) {
      return Optional.empty();
    }
    String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    return git.waitFor() == 0 && !said.isEmpty() ? Optional.of(said) : Optional.empty();
  }
}
