package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.op.MatMul;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import java.util.List;

/** {@link MatMul} in plain Java. */
record ReferenceMatMul(MatMul matMul, OperandTypes types) implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    Tensor a = inputs.get(0);
    Tensor y = outputs.get(0);
    int rows = y.shape().dim(-2);
    int columns = y.shape().dim(-1);
    int inner = a.shape().dim(matMul.transposeA() ? -2 : -1);
    MatrixProduct product =
        new MatrixProduct(
            new MatrixProduct.Matrix(a, rows, inner, matMul.transposeA()),
            new MatrixProduct.Matrix(inputs.get(1), inner, columns, matMul.transposeB()),
            null,
            y);
    int batches = batches(y.shape());
    return () -> {
      for (int batch = 0; batch < batches; batch++) {
        product.run(batch);
      }
    };
  }

  private static int batches(Shape shape) {
    return shape.rank() == 3 ? shape.dim(0) : 1;
  }
}
