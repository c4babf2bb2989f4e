package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.op.Linear;
import dev.kiln.tensor.Tensor;
import java.util.List;

/** {@link Linear} in plain Java. */
record ReferenceLinear(OperandTypes types) implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    Tensor x = inputs.get(0);
    Tensor weight = inputs.get(1);
    int out = weight.shape().dim(0);
    int in = weight.shape().dim(1);
    int rows = Math.toIntExact(x.elements() / in);
    // x [N,in] · weight' [in,out] -> [N,out]
    MatrixProduct product =
        new MatrixProduct(
            new MatrixProduct.Matrix(x, rows, in, false),
            new MatrixProduct.Matrix(weight, in, out, true),
            inputs.size() == 3 ? inputs.get(2) : null,
            outputs.get(0));
    return () -> product.run(0);
  }
}
