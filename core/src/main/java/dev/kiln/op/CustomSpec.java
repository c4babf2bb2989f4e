package dev.kiln.op;

import dev.kiln.tensor.Tensor;
import java.util.List;

/**
 * An operation of a user's own, with its kernel: implemented by a record of its attributes outside
 * Kiln, and added to a graph like any other.
 *
 * <pre>{@code
 * record Cube() implements CustomSpec {
 *   public List<TensorType> infer(List<TensorType> inputs) {
 *     return List.of(new Operands(this, inputs, "x").floating(0).get(0));
 *   }
 *   public void gradient(Adjoint adjoint) {
 *     adjoint.give(0, () -> { // 3 x^2 dy
 *       Value square = adjoint.apply(Unary.SQUARE, adjoint.input(0));
 *       return adjoint.apply(new Affine(3, 0), adjoint.apply(Binary.MUL, square, adjoint.upstream()));
 *     });
 *   }
 *   public void compute(List<Tensor> inputs, List<Tensor> outputs) {
 *     for (long i = 0; i < inputs.getFirst().elements(); i++) {
 *       outputs.getFirst().set(i, Math.pow(inputs.getFirst().get(i), 3));
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p>It runs on the backends that compute on the host, {@code reference} and {@code onednn}, on the
 * thread that runs the step. A backend of another device refuses it when the plan is made, since
 * nothing is copied back to the host inside a step.
 */
public non-sealed interface CustomSpec extends OpSpec {

  /**
   * Computes the outputs from the inputs. Called in every step with the same tensors, so it should
   * allocate nothing; what it needs besides, such as a copy, belongs into a further output.
   *
   * @param inputs one for each input, of the types {@link #infer} was given; not to be changed
   * @param outputs one for each type that {@link #infer} returned; what they hold is undefined
   */
  void compute(List<Tensor> inputs, List<Tensor> outputs);

  /** Refuses by default; an operation that a network learns through overrides it. */
  @Override
  default void gradient(Adjoint adjoint) {
    throw new UnsupportedOperationException(
        "%s has no gradient: override CustomSpec.gradient, or use it only where nothing is learned through it"
            .formatted(this));
  }
}
