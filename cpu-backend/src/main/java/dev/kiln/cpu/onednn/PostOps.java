package dev.kiln.cpu.onednn;

import dev.kiln.op.Binary;
import dev.kiln.op.OpSpec;
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
   * @param firstOperand which input of the whole the first right operand is
   * @param result how the result lies, and so the right operands
   */
  static PostOps of(
      NativeScope scope, List<OpSpec> operations, int firstOperand, MemoryDesc result) {
    MemorySegment attributes = Attributes.plain(scope);
    List<Argument> arguments = new ArrayList<>();
    if (!operations.isEmpty()) {
      MemorySegment postOps = scope.create(Dnnl.API::postOpsCreate, Dnnl.API::postOpsDestroy);
      int position = 0;
      for (OpSpec operation : operations) {
        if (operation instanceof Binary binary) {
          int algorithm = OneDnnBinary.algorithm(binary).orElseThrow();
          Dnnl.API.postOpsAppendBinary(postOps, algorithm, result.handle());
          int operand = firstOperand + arguments.size();
          arguments.add(Argument.input(Argument.ofPostOp(position++), operand, result));
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
}
