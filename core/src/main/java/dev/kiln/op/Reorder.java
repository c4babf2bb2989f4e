package dev.kiln.op;

import dev.kiln.tensor.Layout;
import dev.kiln.tensor.TensorType;
import java.util.List;

/**
 * Places the elements of a tensor differently; where two differently placed parts of a graph meet.
 *
 * @param target the placement of the result
 */
public record Reorder(Layout target) implements PrivateSpec {

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    return List.of(inputs.getFirst().withLayout(target));
  }
}
