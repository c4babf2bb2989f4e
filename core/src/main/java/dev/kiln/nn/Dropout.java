package dev.kiln.nn;

import dev.kiln.op.Value;

/**
 * Sets elements to zero at random while training and scales the others up in return (Srivastava et
 * al. 2014): any shape to the same shape. Inference leaves its input alone.
 *
 * @param probability the chance of an element to be dropped, in [0, 1); PyTorch's default is 0.5
 */
public record Dropout(double probability) implements Layer {

  /**
   * Checks the probability.
   *
   * @throws IllegalArgumentException if it is outside [0, 1)
   */
  public Dropout {
    new dev.kiln.op.Dropout(probability, 0);
  }

  /** Returns a dropout with this chance. */
  public static Dropout of(double probability) {
    return new Dropout(probability);
  }

  @Override
  public Value apply(Scope scope, Value x) {
    return switch (scope.mode()) {
      case TRAINING ->
          scope
              .ops()
              .dropout(
                  new dev.kiln.op.Dropout(probability, scope.nextStream()), x, scope.counter());
      case INFERENCE -> x;
    };
  }

  @Override
  public String describe() {
    return "Dropout(" + probability + ")";
  }
}
