package dev.kiln.op;

import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.List;

/**
 * The product of two matrices, or of two equally long batches of them.
 *
 * <p>Inputs: {@code a} [M, K] and {@code b} [K, N], each stored transposed if so marked, both with
 * the same leading batch dimension or none. Output: {@code y} [M, N].
 *
 * @param transposeA whether {@code a} is stored as [K, M]
 * @param transposeB whether {@code b} is stored as [N, K]
 */
public record MatMul(boolean transposeA, boolean transposeB) implements OpSpec {

  /** The plain product {@code a b}. */
  public static final MatMul PLAIN = new MatMul(false, false);

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Operands in = new Operands(this, inputs, "a", "b").floating(0).dtypeOfFirst(1);
    Shape a = in.shape(0);
    Shape b = in.shape(1);
    in.require(
        (a.rank() == 2 || a.rank() == 3) && a.rank() == b.rank(),
        "both must be matrices [M, K], [K, N], or batches of them with three dimensions");
    in.require(
        a.rank() == 2 || a.dim(0) == b.dim(0), "both batches must hold equally many matrices");
    int inner = transposeA ? a.dim(-2) : a.dim(-1);
    int innerB = transposeB ? b.dim(-1) : b.dim(-2);
    in.require(
        inner == innerB,
        "the inner dimensions must agree: %d of a against %d of b".formatted(inner, innerB));
    int rows = transposeA ? a.dim(-1) : a.dim(-2);
    int columns = transposeB ? b.dim(-2) : b.dim(-1);
    return List.of(TensorType.of(in.get(0).dtype(), a.with(-2, rows).with(-1, columns)));
  }

  @Override
  public void gradient(Adjoint adjoint) {
    adjoint.give(
        0,
        () ->
            transposeA
                // a is [K,M]: op(b) [K,N] · dy' [N,M] -> [K,M]
                ? adjoint.apply(new MatMul(transposeB, true), adjoint.input(1), adjoint.upstream())
                // a is [M,K]: dy [M,N] · op(b)' [N,K] -> [M,K]
                : adjoint.apply(
                    new MatMul(false, !transposeB), adjoint.upstream(), adjoint.input(1)));
    adjoint.give(
        1,
        () ->
            transposeB
                // b is [N,K]: dy' [N,M] · op(a) [M,K] -> [N,K]
                ? adjoint.apply(new MatMul(true, transposeA), adjoint.upstream(), adjoint.input(0))
                // b is [K,N]: op(a)' [K,M] · dy [M,N] -> [K,N]
                : adjoint.apply(
                    new MatMul(!transposeA, false), adjoint.input(0), adjoint.upstream()));
  }
}
