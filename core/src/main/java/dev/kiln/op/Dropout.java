package dev.kiln.op;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.List;
import java.util.OptionalInt;

/**
 * Sets elements to zero at random and scales the others by {@code 1 / (1 - probability)}
 * (Srivastava et al. 2014). The mask is a function of seed, stream, step and position alone, so
 * that every backend draws the same one and the gradient draws it again instead of storing it.
 *
 * <p>Element {@code i} uses word {@code i % 4} of the Philox 4x32-10 block with the key {@code
 * seed} (low word, high word) and the counter words {@code (i / 4, stream, step low, step high)};
 * it is dropped when that word, read as an unsigned number, is below {@code floor(probability *
 * 2^32)}.
 *
 * <p>Inputs: {@code x} of any shape, {@code counter} I64[2]: seed and step. Output: {@code y}, like
 * {@code x}.
 *
 * @param probability the chance of an element to be dropped, in [0, 1)
 * @param stream tells the dropouts of one graph apart
 */
public record Dropout(double probability, int stream) implements OpSpec {

  /**
   * Checks the attributes.
   *
   * @throws IllegalArgumentException if the probability is outside [0, 1)
   */
  public Dropout {
    if (!(probability >= 0 && probability < 1)) {
      throw new IllegalArgumentException(
          "dropout: the probability must be in [0, 1), not " + probability);
    }
  }

  /** Returns the number below which a random word, read as unsigned, drops its element. */
  public long threshold() {
    return (long) (probability * 0x1p32);
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Operands in = new Operands(this, inputs, "x", "counter").floating(0);
    in.dtype(1, DType.I64).shapeIs(1, Shape.of(2));
    return List.of(TensorType.of(in.get(0).dtype(), in.shape(0)));
  }

  /** The same mask on the way back. */
  @Override
  public void gradient(Adjoint adjoint) {
    adjoint.give(0, () -> adjoint.apply(this, adjoint.upstream(), adjoint.input(1)));
  }

  @Override
  public OptionalInt overwrites(int output) {
    return OptionalInt.of(0);
  }
}
