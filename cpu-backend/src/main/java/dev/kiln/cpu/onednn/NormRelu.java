package dev.kiln.cpu.onednn;

import dev.kiln.op.BatchNorm;
import dev.kiln.op.OpSpec;
import dev.kiln.op.PrivateSpec;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A batch normalization while training, followed by a rectifier. Its outputs are those of the
 * normalization, the first one rectified, then which elements are positive, as oneDNN remembers it
 * for the gradient.
 *
 * @param norm the normalization
 */
record NormRelu(BatchNorm norm) implements PrivateSpec {

  /** Which output says what is positive. */
  static final int POSITIVE = 5;

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    List<TensorType> types = new ArrayList<>(norm.infer(inputs));
    types.add(TensorType.of(DType.U8, types.getFirst().shape()));
    return types;
  }

  @Override
  public OptionalInt overwrites(int output) {
    return output == POSITIVE ? OptionalInt.empty() : norm.overwrites(output);
  }

  @Override
  public Optional<OpSpec> altered() {
    return Optional.of(norm);
  }

  @Override
  public String opName() {
    return norm.opName() + "+relu";
  }

  /**
   * The gradient of both. Its inputs are those of the normalization's gradient, the last one that
   * of the rectified result, then which elements are positive.
   *
   * @param norm the gradient of the normalization
   */
  record Grad(BatchNorm.Grad norm) implements PrivateSpec {

    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      return norm.infer(inputs.subList(0, POSITIVE));
    }

    @Override
    public Optional<OpSpec> altered() {
      return Optional.of(norm);
    }

    @Override
    public String opName() {
      return "relu_grad+" + norm.opName();
    }
  }
}
