package dev.kiln.op;

import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.List;

/**
 * A fully connected layer: {@code y = x weight' + bias}.
 *
 * <p>Inputs: {@code x} [..., in], {@code weight} [out, in], {@code bias} [out], which may be
 * absent. Output: {@code y} [..., out].
 */
public record Linear() implements OpSpec {

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Operands in = new Operands(this, inputs, "x", "weight", "bias?").floating(0);
    in.dtypeOfFirst(1).dtypeOfFirst(2).rank(1, 2);
    in.require(in.shape(0).rank() >= 2, "x must have at least two dimensions [N, in]");
    int features = in.shape(0).dim(-1);
    in.require(
        features == in.shape(1).dim(1),
        "x has %d features, but weight [out, in] expects %d"
            .formatted(features, in.shape(1).dim(1)));
    int out = in.shape(1).dim(0);
    in.shapeIs(2, Shape.of(out));
    return List.of(TensorType.of(in.get(0).dtype(), in.shape(0).with(-1, out)));
  }

  @Override
  public void gradient(Adjoint adjoint) {
    adjoint.give(
        0,
        () -> {
          // dy [N,out] · weight [out,in] -> [N,in]
          Value dx =
              adjoint.apply(MatMul.PLAIN, rows(adjoint, adjoint.upstream()), adjoint.input(1));
          Shape shape = adjoint.input(0).shape();
          return shape.rank() == 2 ? dx : adjoint.apply(new Reshape(shape), dx);
        });
    adjoint.give(
        1,
        () ->
            // dy' [out,N] · x [N,in] -> [out,in]
            adjoint.apply(
                new MatMul(true, false),
                rows(adjoint, adjoint.upstream()),
                rows(adjoint, adjoint.input(0))));
    if (adjoint.inputs() == 3) {
      adjoint.give(
          2,
          () ->
              adjoint.apply(
                  new Reduce(Reduce.Kind.SUM, List.of(0), false),
                  rows(adjoint, adjoint.upstream())));
    }
  }

  /** All leading dimensions as one. */
  private static Value rows(Adjoint adjoint, Value value) {
    Shape shape = value.shape();
    if (shape.rank() == 2) {
      return value;
    }
    int features = shape.dim(-1);
    return adjoint.apply(
        new Reshape(Shape.of(Math.toIntExact(shape.elements() / features), features)), value);
  }
}
