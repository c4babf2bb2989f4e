package dev.kiln.op;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.List;

/**
 * A tensor whose elements are all one constant. No inputs. Output: {@code y}.
 *
 * @param dtype the element type, floating-point
 * @param shape the shape of the result
 * @param value every element
 */
public record Fill(DType dtype, Shape shape, double value) implements OpSpec {

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    new Operands(this, inputs)
        .require(dtype.isFloating(), "the element type must be floating-point, not " + dtype);
    return List.of(TensorType.of(dtype, shape));
  }

  /** Does nothing: there is no input. */
  @Override
  public void gradient(Adjoint adjoint) {}
}
