package dev.kiln.cpu.onednn;

/** Thrown when a call of oneDNN fails. The message names the function and its status. */
final class OneDnnException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private static final String[] STATUSES = {
    "success",
    "out of memory",
    "invalid arguments",
    "unimplemented",
    "last implementation reached",
    "runtime error",
    "not required",
    "invalid graph",
    "invalid graph operation",
    "invalid shape",
    "invalid data type"
  };

  OneDnnException(String function, int status) {
    super(
        "%s failed: %s"
            .formatted(function, status < STATUSES.length ? STATUSES[status] : "status " + status));
  }
}
