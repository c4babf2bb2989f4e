package dev.kiln.cpu.onednn;

import dev.kiln.op.OpSpec;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * The elementwise operations that follow another in one pass.
 *
 * @param operations in order; none for an operation on its own
 * @param operands the right operands of those that have one: like the result, or [C, 1, 1] for a
 *     number for each channel
 * @param firstOperand which input of the whole the first of these operands is
 */
record Followers(List<OpSpec> operations, List<TensorType> operands, int firstOperand) {

  static final Followers NONE = new Followers(List.of(), List.of(), 0);

  boolean isEmpty() {
    return operations.isEmpty();
  }

  /** Returns these after one more. */
  Followers after(OpSpec first) {
    List<OpSpec> all = new ArrayList<>(List.of(first));
    all.addAll(operations);
    return new Followers(all, operands, firstOperand);
  }
}
