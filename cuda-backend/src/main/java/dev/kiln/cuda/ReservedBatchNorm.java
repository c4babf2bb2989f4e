package dev.kiln.cuda;

import dev.kiln.op.BatchNorm;
import dev.kiln.op.OpSpec;
import dev.kiln.op.PrivateSpec;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A batch normalization while training of which cuDNN keeps something for the gradient. Its outputs
 * are those of the normalization, then that reserve.
 *
 * @param norm the normalization
 */
record ReservedBatchNorm(BatchNorm norm) implements PrivateSpec {

  /** Which output, and which input of the gradient, is the reserve. */
  static final int RESERVE = 5;

  /** The type of the reserve, whose layout tells its length. */
  static final TensorType RESERVE_TYPE = TensorType.of(DType.OPAQUE, Shape.SCALAR);

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    List<TensorType> types = new ArrayList<>(norm.infer(inputs));
    types.add(RESERVE_TYPE);
    return types;
  }

  @Override
  public OptionalInt overwrites(int output) {
    return output == RESERVE ? OptionalInt.empty() : norm.overwrites(output);
  }

  @Override
  public Optional<OpSpec> altered() {
    return Optional.of(norm);
  }

  /**
   * The gradient. Its inputs are those of the normalization's gradient, then the reserve.
   *
   * @param norm the gradient of the normalization
   */
  record Grad(BatchNorm.Grad norm) implements PrivateSpec {

    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      return norm.infer(inputs.subList(0, RESERVE));
    }

    @Override
    public Optional<OpSpec> altered() {
      return Optional.of(norm);
    }
  }
}
