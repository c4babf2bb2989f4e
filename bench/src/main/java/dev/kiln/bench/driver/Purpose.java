package dev.kiln.bench.driver;

import java.util.Locale;

/** What a process trains a network for. */
public enum Purpose {
  /** To be timed: the network as the workload describes it. */
  MEASURE,
  /** To be compared with another framework, loss by loss: the network without its dropout. */
  CHECK;

  /** Returns the name on a driver's command line. */
  public String argument() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the purpose of a name on a driver's command line. */
  static Purpose of(String argument) {
    return valueOf(argument.toUpperCase(Locale.ROOT));
  }
}
