package dev.kiln.cpu.onednn;

import dev.kiln.op.Binary;
import dev.kiln.op.OpSpec;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The elementwise operations that a primitive applies to its result before it writes it.
 *
 * @param attributes what the primitive is created with
 * @param arguments the operands of these operations
 */
record PostOps(MemorySegment attributes, List<Argument> arguments) {

  /**
   * Describes operations; each {@link Binary} has what came before as its left operand.
   *
   * @param y the result's type
   * @param result how it lies, and so the right operands of the same shape
   */
  static PostOps of(NativeScope scope, Followers followers, TensorType y, MemoryDesc result) {
    MemorySegment attributes = Attributes.plain(scope);
    List<Argument> arguments = new ArrayList<>();
    if (!followers.isEmpty()) {
      MemorySegment postOps = scope.create(Dnnl.API::postOpsCreate, Dnnl.API::postOpsDestroy);
      int position = 0;
      for (OpSpec operation : followers.operations()) {
        if (operation instanceof Binary binary) {
          int operand = arguments.size();
          MemoryDesc right = operand(scope, followers.operands().get(operand), y, result);
          int algorithm = OneDnnBinary.algorithm(binary).orElseThrow();
          Dnnl.API.postOpsAppendBinary(postOps, algorithm, right.handle());
          arguments.add(
              Argument.input(
                  Argument.ofPostOp(position++), followers.firstOperand() + operand, right));
        }
        for (Eltwise function : Eltwise.of(operation)) {
          Dnnl.API.postOpsAppendEltwise(
              postOps, function.algorithm(), function.alpha(), function.beta());
          position++;
        }
      }
      Dnnl.API.primitiveAttrSetPostOps(attributes, postOps);
    }
    return new PostOps(attributes, List.copyOf(arguments));
  }

  private static MemoryDesc operand(
      NativeScope scope, TensorType type, TensorType y, MemoryDesc result) {
    return type.sameElements(y) ? result : MemoryDesc.rowMajor(scope, 1, y.shape().dim(1), 1, 1);
  }
}
