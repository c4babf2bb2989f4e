package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.Linear;
import dev.kiln.op.MatMul;
import dev.kiln.tensor.Shape;
import java.util.List;

/** {@link MatMul}, and {@link Linear} without a bias, through cuBLAS. */
record CublasMatMul(CublasProduct product) implements Op {

  /** Compiles a product of matrices or of batches of them. */
  static Op of(OpContext context, MatMul spec) {
    Shape a = context.input(0).shape();
    Shape y = context.output().shape();
    return new CublasMatMul(
        new CublasProduct(
            context,
            spec,
            y.rank() == 3 ? y.dim(0) : 1,
            y.dim(-2),
            y.dim(-1),
            spec.transposeA() ? a.dim(-2) : a.dim(-1)));
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    return product.bind(inputs.get(0), inputs.get(1), outputs.getFirst());
  }

  @Override
  public String describe() {
    return "cublasGemmStridedBatchedEx";
  }
}
