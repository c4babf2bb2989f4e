package dev.kiln.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** Says which Kiln this is, and on which Java it runs. */
public final class KilnVersion implements IVersionProvider {

  /** Returns the version that the jar's manifest names. */
  static String number() {
    return Optional.ofNullable(KilnVersion.class.getPackage().getImplementationVersion())
        .orElse("development build");
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "Kiln " + number(),
      "Java %s (%s)".formatted(Runtime.version(), System.getProperty("java.vm.name"))
    };
  }
}
