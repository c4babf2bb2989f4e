package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.Linear;
import dev.kiln.op.MatMul;
import dev.kiln.tensor.Shape;
import java.util.List;

/** {@link Linear}: cuBLAS computes the product, a kernel adds the bias to every row. */
final class CublasLinear implements Op {

  private final OpContext context;
  private final CublasProduct product;
  private final CudaFunction addBias;

  private CublasLinear(OpContext context, CublasProduct product) {
    this.context = context;
    this.product = product;
    this.addBias = context.function("elementwise", "add_bias");
  }

  /** Compiles a fully connected layer, all leading dimensions taken as one. */
  static Op of(OpContext context) {
    Shape weight = context.input(1).shape();
    int rows = Math.toIntExact(context.output().elements() / weight.dim(0));
    // x [N,in] · weight' [out,in] -> [N,out]
    CublasProduct product =
        new CublasProduct(context, new MatMul(false, true), 1, rows, weight.dim(0), weight.dim(1));
    return context.inputs().size() == 2
        ? new CublasMatMul(product)
        : new CublasLinear(context, product);
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    Buffer y = outputs.getFirst();
    long count = context.output().elements();
    Kernel multiply = product.bind(inputs.get(0), inputs.get(1), y);
    Kernel add =
        context
            .launch(addBias)
            .number(count)
            .buffer(inputs.get(2))
            .buffer(y)
            .number((long) context.output().shape().dim(-1))
            .over(count);
    return () -> {
      multiply.run();
      add.run();
    };
  }

  @Override
  public String describe() {
    return "cublasGemmStridedBatchedEx, kernel add_bias";
  }
}
