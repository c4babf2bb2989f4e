package dev.kiln.backend;

/**
 * One thing that a backend needs, and whether this machine has it.
 *
 * @param subject what it is, such as {@code libcublas.so.12}
 * @param state whether it is there
 * @param detail what was found, or what is missing
 * @param remedy the command or the action that mends it; empty where nothing has to be done
 */
public record Finding(String subject, State state, String detail, String remedy) {

  /** Whether something is there. */
  public enum State {
    /** It is there and will do. */
    PRESENT,
    /** It is missing or will not do. */
    MISSING,
    /** It could not be looked at, because something before it is missing. */
    UNKNOWN
  }

  /** Returns that something is there. */
  public static Finding present(String subject, String detail) {
    return new Finding(subject, State.PRESENT, detail, "");
  }

  /** Returns that something is missing. */
  public static Finding missing(String subject, String detail, String remedy) {
    return new Finding(subject, State.MISSING, detail, remedy);
  }

  /** Returns that something could not be looked at. */
  public static Finding unknown(String subject, String detail) {
    return new Finding(subject, State.UNKNOWN, detail, "");
  }
}
