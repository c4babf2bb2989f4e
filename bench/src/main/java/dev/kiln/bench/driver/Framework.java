package dev.kiln.bench.driver;

import java.io.IOException;

/** A framework that can train the workloads. */
public interface Framework {

  /** Returns name and version of the framework and of what it computes with. */
  String version();

  /**
   * Prepares a workload.
   *
   * @throws UnsupportedWorkloadException if the framework lacks something that it needs
   * @throws IOException if the exchange file cannot be read
   */
  Training open(Job job) throws IOException;
}
