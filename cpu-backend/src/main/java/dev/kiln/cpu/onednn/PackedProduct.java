package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A product with a matrix that takes part in many products of one run, so that it pays to pack it
 * first in the form the primitive likes best.
 */
final class PackedProduct {

  private static final String NAME = PackedProduct.class.getSimpleName();

  private final MemoryDesc packed;
  private final PrimitiveOp pack;
  private final PrimitiveOp multiply;
  private final boolean hasBias;

  /**
   * Compiles {@code left [M, K] · right [K, N] + bias? -> result [M, N]}.
   *
   * @param right how the matrix lies before it is packed
   * @param form how it is to be packed: {@link MemoryDesc#any} for as the primitive likes best
   * @param bias {@link MemoryDesc#NONE} if there is none
   * @param attributes whether the product is added to what is there
   */
  PackedProduct(
      OpContext context,
      MemoryDesc left,
      MemoryDesc right,
      MemoryDesc form,
      MemoryDesc bias,
      MemoryDesc result,
      MemorySegment attributes) {
    PrimitiveDesc desc = OneDnnMatMul.describe(context, left, form, bias, result, attributes);
    this.packed = desc.query(PrimitiveDesc.Operand.WEIGHTS);
    this.pack = OneDnnReorder.reorder(context, right, packed);
    this.hasBias = !bias.equals(MemoryDesc.NONE);
    List<Argument> arguments =
        new ArrayList<>(
            List.of(
                Argument.input(Argument.SRC, 0, left),
                Argument.input(Argument.WEIGHTS, 1, packed),
                Argument.output(Argument.DST, 0, result)));
    if (hasBias) {
      arguments.add(Argument.input(Argument.BIAS, 2, bias));
    }
    this.multiply = new PrimitiveOp(context, NAME, desc, arguments);
  }

  /** Returns how the packed matrix lies. */
  MemoryDesc packed() {
    return packed;
  }

  /** Returns the bytes of the packed matrix. */
  long packedBytes() {
    return pack.outputBytes();
  }

  /** Returns the scratch memory that either step needs. */
  long scratchBytes() {
    return Math.max(pack.workspaceBytes(), multiply.workspaceBytes());
  }

  /** Packs the matrix. */
  Kernel pack(Buffer right, Buffer into, Buffer scratch) {
    return pack.bind(List.of(right), List.of(into), scratch);
  }

  /**
   * Multiplies with the packed matrix; the bias is ignored where there is none.
   *
   * @param thread of the team that does it
   */
  Kernel multiply(
      Buffer left, Buffer right, Buffer bias, Buffer result, Buffer scratch, int thread) {
    List<Buffer> inputs = hasBias ? List.of(left, right, bias) : List.of(left, right);
    return multiply.bind(inputs, List.of(result), scratch, thread);
  }

  /** Returns what multiplies, for plans. */
  String describe() {
    return multiply.describe();
  }
}
