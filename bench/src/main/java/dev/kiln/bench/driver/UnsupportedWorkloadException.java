package dev.kiln.bench.driver;

/** The framework lacks something that the workload needs; the message says what. */
public final class UnsupportedWorkloadException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception, for example with {@code Deeplearning4j has no GRU}. */
  public UnsupportedWorkloadException(String message) {
    super(message);
  }
}
