package dev.kiln.op;

/** Thrown when a gradient operation is to be differentiated again. */
public final class SecondDerivativeException extends UnsupportedOperationException {

  private static final long serialVersionUID = 1L;

  private SecondDerivativeException(String message) {
    super(message);
  }

  /** Returns the refusal to differentiate this operation, which is itself a gradient. */
  static SecondDerivativeException of(OpSpec spec) {
    return new SecondDerivativeException(
        spec
            + " is itself a gradient: Kiln differentiates a graph once; second derivatives are not"
            + " supported");
  }
}
