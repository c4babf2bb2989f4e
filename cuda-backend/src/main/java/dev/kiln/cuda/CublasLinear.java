package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.Linear;
import java.util.List;

/** {@link Linear} with a bias: cuBLAS computes the product, a kernel adds the bias to every row. */
final class CublasLinear implements Op {

  private final OpContext context;
  private final CublasProduct product;
  private final CudaFunction addBias;

  CublasLinear(OpContext context, CublasProduct product) {
    this.context = context;
    this.product = product;
    this.addBias = context.function("elementwise", "add_bias");
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
