package dev.kiln.nn;

import dev.kiln.op.Value;
import dev.kiln.tensor.Shape;
import java.util.Optional;

/** Whether a layer adds a learned bias to its outputs, and how its first values are drawn. */
public sealed interface Bias {

  /** No bias, as before a batch normalization. */
  record None() implements Bias {}

  /**
   * PyTorch's default: uniform in {@code [-1 / sqrt(fanIn), 1 / sqrt(fanIn))}, where the fan-in is
   * the number of inputs that each output sums over.
   */
  record ByFanIn() implements Bias {}

  /**
   * A bias drawn in a way of its own, such as {@link Initializer#zeros}.
   *
   * @param initializer how the first values are drawn
   */
  record Drawn(Initializer initializer) implements Bias {}

  /** Returns the parameter {@code bias} [outputs] of the layer at the scope, if there is one. */
  default Optional<Value> parameter(Scope scope, int outputs, long fanIn) {
    return switch (this) {
      case None() -> Optional.empty();
      case ByFanIn() -> {
        double bound = 1 / Math.sqrt(fanIn);
        yield Optional.of(
            scope.parameter("bias", Shape.of(outputs), Initializers.uniform(-bound, bound)));
      }
      case Drawn(Initializer initializer) ->
          Optional.of(scope.parameter("bias", Shape.of(outputs), initializer));
    };
  }

  /** Returns what a summary appends for layers without a bias, else nothing. */
  default String describe() {
    return switch (this) {
      case None() -> ", no bias";
      case ByFanIn(), Drawn(Initializer _) -> "";
    };
  }
}
