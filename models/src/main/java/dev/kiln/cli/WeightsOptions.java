package dev.kiln.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which of a run's weights are used, and what computes. */
final class WeightsOptions {

  /** Which checkpoint of a run. */
  enum Weights {
    /** That of the best epoch. */
    BEST,
    /** That after the last step. */
    LAST;

    /** Returns the constant of a name. */
    static Weights named(String name) {
      return NamedConstants.find("kind of weights", values(), name);
    }

    @Override
    public String toString() {
      return NamedConstants.name(this);
    }
  }

  @Option(
      names = "--weights",
      paramLabel = "WHICH",
      description = "The run's best or last checkpoint. Default: best.")
  private @Nullable Weights weights;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description =
          "What computes, see 'kiln devices'. Default: the preferred one of those available.")
  private @Nullable String backend;

  @Option(
      names = "--device",
      paramLabel = "N",
      defaultValue = "0",
      description = "Which of the backend's devices. Default: 0.")
  private int device;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description =
          "The most memory a CPU backend may hold, such as 512m or 4g; a GPU's is not limited.")
  private @Nullable String memory;

  /** Returns whether it was said which weights. */
  boolean isGiven() {
    return weights != null;
  }

  /** Opens the backend. */
  BackendChoice openBackend() {
    MemoryLimit.set(memory);
    if (device < 0) {
      throw new UsageException("--device must be at least 0, not " + device);
    }
    return BackendChoice.open(backend, device);
  }

  /**
   * Returns the checkpoint of a run.
   *
   * @param run its folder, or a checkpoint itself
   * @throws UsageException if there is none, or one is named although {@code --weights} chooses
   */
  Path checkpoint(Path run) {
    if (Files.isRegularFile(run)) {
      if (weights != null) {
        throw new UsageException(
            "--weights %s: %s is a checkpoint itself; leave out --weights, or name its folder"
                .formatted(weights, run));
      }
      return run;
    }
    RunFolder folder = new RunFolder(run).require();
    Path file =
        switch (weights == null ? Weights.BEST : weights) {
          case BEST -> Files.exists(folder.best()) ? folder.best() : folder.last();
          case LAST -> folder.last();
        };
    if (!Files.exists(file)) {
      throw new UsageException(
          "%s has no checkpoint yet; go on with it: kiln train --resume %s".formatted(run, run));
    }
    return file;
  }
}
