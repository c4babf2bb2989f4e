package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.op.Embedding;
import dev.kiln.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/** {@link Embedding} in plain Java. */
record ReferenceEmbedding(OperandTypes types) implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    Tensor indices = inputs.get(0);
    Tensor weight = inputs.get(1);
    Tensor y = outputs.get(0);
    long places = indices.elements();
    int rows = weight.shape().dim(0);
    int features = weight.shape().dim(1);
    return () -> {
      for (long place = 0; place < places; place++) {
        long row = (long) indices.get(place);
        boolean inside = row >= 0 && row < rows;
        for (int i = 0; i < features; i++) {
          y.set(place * features + i, inside ? weight.get(row * features + i) : Double.NaN);
        }
      }
    };
  }

  /** {@link Embedding.Grad} in plain Java. Indices outside the table have no row to add to. */
  record Grad(Embedding.Grad grad, OperandTypes types) implements ReferenceOp {

    @Override
    public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
      Tensor indices = inputs.get(0);
      Tensor dy = inputs.get(1);
      Tensor dweight = outputs.get(0);
      long places = indices.elements();
      int features = dweight.shape().dim(1);
      double[] sums = Elements.arrayFor(dweight);
      return () -> {
        Arrays.fill(sums, 0);
        for (long place = 0; place < places; place++) {
          long row = (long) indices.get(place);
          if (row >= 0 && row < grad.rows()) {
            for (int i = 0; i < features; i++) {
              sums[(int) row * features + i] += dy.get(place * features + i);
            }
          }
        }
        Elements.store(sums, dweight);
      };
    }
  }
}
