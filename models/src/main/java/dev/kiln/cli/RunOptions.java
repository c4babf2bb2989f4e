package dev.kiln.cli;

import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The run that is asked about, which of its weights are used, and what computes. */
final class RunOptions {

  @Parameters(
      index = "0",
      paramLabel = "RUN",
      description = "The folder of a run, or a checkpoint in one.")
  private Path run;

  @Mixin private WeightsOptions weights;

  /** Opens the backend. */
  BackendChoice openBackend() {
    return weights.openBackend();
  }

  /**
   * Returns the checkpoint.
   *
   * @throws UsageException if there is none
   */
  Path checkpoint() {
    return weights.checkpoint(run);
  }
}
