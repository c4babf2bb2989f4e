package dev.kiln.op;

import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.List;
import java.util.OptionalInt;

/**
 * A value if a guard is finite, otherwise another, bit for bit: the next value of what is held
 * between steps, unless the step went wrong.
 *
 * <p>Inputs: {@code guard}, a scalar; {@code next} and {@code old} of one type. Output: {@code y},
 * the same type, which may lie where {@code old} was.
 */
public record WhereFinite() implements OpSpec {

  private static final int OLD = 2;

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Operands in = new Operands(this, inputs, "guard", "next", "old").floating(0);
    in.shapeIs(0, Shape.SCALAR).dtypeOfFirst(1).dtypeOfFirst(OLD).shapeIs(OLD, in.shape(1));
    return List.of(TensorType.of(in.get(1).dtype(), in.shape(1)));
  }

  /** Refuses: an update has no gradient. */
  @Override
  public void gradient(Adjoint adjoint) {
    throw SecondDerivativeException.of(this);
  }

  @Override
  public OptionalInt overwrites(int output) {
    return OptionalInt.of(OLD);
  }
}
