package dev.kiln.cli;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which samples trained models are examined on, how, and how the result is printed. */
final class ExaminationOptions {

  @Mixin private PartOptions part;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "256",
      description =
          "Samples computed at once. Default: 256; where models are trained usual for the data.")
  private int batch;

  @Option(names = "--json", description = "Print JSON, for programs.")
  private boolean json;

  /** Returns which samples. */
  PartOptions part() {
    return part;
  }

  /**
   * Returns how many samples are computed at once.
   *
   * @throws UsageException if there are none
   */
  int batch() {
    if (batch < 1) {
      throw new UsageException("--batch must be at least 1, not " + batch);
    }
    return batch;
  }

  /** Returns whether a program reads what is printed. */
  boolean json() {
    return json;
  }
}
