package dev.kiln.op;

/**
 * Inputs that break an operation's rule. The message names the operation, the rule and the types.
 */
public final class ShapeException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception with a complete message. */
  public ShapeException(String message) {
    super(message);
  }

  /** Returns this exception with the place in the network in front, such as a layer's name. */
  public ShapeException at(String place) {
    ShapeException placed = new ShapeException(place + ": " + getMessage());
    placed.setStackTrace(getStackTrace());
    return placed;
  }
}
