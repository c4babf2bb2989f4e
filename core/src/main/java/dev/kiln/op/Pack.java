package dev.kiln.op;

import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.Arrays;
import java.util.List;

/**
 * Lays tensors into one flat tensor, each at its own offset, with zeros between them; the gradients
 * of all parameters become one tensor, so that one pass updates them all. The planner lets the
 * operations that compute the inputs write straight into their places, so that nothing is copied.
 *
 * <p>Inputs: as many tensors as offsets, of one type. Output: {@code flat} [length].
 *
 * @param offsets the first element of each input, ascending, without overlap
 * @param length the elements of the result
 */
public record Pack(List<Long> offsets, long length) implements OpSpec {

  /** Copies the offsets. */
  public Pack {
    offsets = List.copyOf(offsets);
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    String[] names = new String[offsets.size()];
    Arrays.setAll(names, i -> "x" + i);
    Operands in = new Operands(this, inputs, names);
    in.require(!offsets.isEmpty(), "there must be at least one tensor to pack");
    long end = 0;
    for (int i = 0; i < names.length; i++) {
      in.dtypeOfFirst(i);
      in.require(
          offsets.get(i) >= end,
          "x%d begins at %d, before the end of its neighbour at %d"
              .formatted(i, offsets.get(i), end));
      end = offsets.get(i) + in.shape(i).elements();
    }
    in.require(end <= length, "the tensors end at %d, beyond %d".formatted(end, length));
    return List.of(TensorType.of(in.get(0).dtype(), Shape.of(Math.toIntExact(length))));
  }

  @Override
  public void gradient(Adjoint adjoint) {
    for (int i = 0; i < offsets.size(); i++) {
      View view = new View(offsets.get(i), adjoint.input(i).shape());
      adjoint.give(i, () -> adjoint.apply(view, adjoint.upstream()));
    }
  }
}
