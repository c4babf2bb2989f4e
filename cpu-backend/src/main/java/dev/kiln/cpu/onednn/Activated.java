package dev.kiln.cpu.onednn;

import dev.kiln.op.OpSpec;
import dev.kiln.op.PrivateSpec;
import dev.kiln.op.Unary;
import dev.kiln.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * An operation whose result passes through an elementwise function before it is written, so that it
 * is not read and written a second time.
 *
 * @param producer the operation
 * @param function the function
 */
record Activated(OpSpec producer, Unary function) implements PrivateSpec {

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    return producer.infer(inputs);
  }

  @Override
  public Optional<OpSpec> altered() {
    return Optional.of(producer);
  }

  @Override
  public String opName() {
    return producer.opName() + "+" + function;
  }
}
