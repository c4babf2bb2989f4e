package dev.kiln.bench.workload;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;

/** A field of a workload's batch: its type, and how its values are drawn. */
public sealed interface Field {

  /** Returns the shape of one sample. */
  Shape sample();

  /** Returns the type of one sample. */
  TensorType type();

  /**
   * Returns values for a batch.
   *
   * @param rows the size of the batch
   * @param stream which stream of random numbers they come from
   */
  Tensor draw(int rows, int stream);

  /**
   * Numbers of a standard normal distribution, such as those of a standardized image.
   *
   * @param sample the shape of one sample
   */
  record Normal(Shape sample) implements Field {

    @Override
    public TensorType type() {
      return TensorType.of(DType.F32, sample);
    }

    @Override
    public Tensor draw(int rows, int stream) {
      Tensor tensor = Tensor.allocate(batch(type(), rows));
      double[] values = new double[Math.toIntExact(tensor.elements())];
      new Philox(1, stream, 0).fillNormal(values);
      for (int i = 0; i < values.length; i++) {
        tensor.set(i, values[i]);
      }
      return tensor;
    }
  }

  /**
   * Whole numbers below a bound: labels, or tokens of a vocabulary.
   *
   * @param sample the shape of one sample
   * @param bound how many numbers there are
   */
  record Labels(Shape sample, int bound) implements Field {

    @Override
    public TensorType type() {
      return TensorType.of(DType.I64, sample);
    }

    @Override
    public Tensor draw(int rows, int stream) {
      Tensor tensor = Tensor.allocate(batch(type(), rows));
      int[] bits = new int[Math.toIntExact(2 * tensor.elements())];
      new Philox(1, stream, 0).fillBits(bits);
      for (int i = 0; i < tensor.elements(); i++) {
        tensor.set(i, Philox.below(bound, bits[2 * i], bits[2 * i + 1]));
      }
      return tensor;
    }
  }

  /**
   * Tokens as vectors that are 1 at the token's place and 0 elsewhere, {@code [..., depth]}.
   *
   * @param tokens the shape of one sample's tokens
   * @param depth the size of the vocabulary
   */
  record OneHot(Shape tokens, int depth) implements Field {

    @Override
    public Shape sample() {
      List<Integer> dims = new ArrayList<>(tokens.dims());
      dims.add(depth);
      return new Shape(dims);
    }

    @Override
    public TensorType type() {
      return TensorType.of(DType.F32, sample());
    }

    @Override
    public Tensor draw(int rows, int stream) {
      Tensor labels = new Labels(tokens, depth).draw(rows, stream);
      Tensor tensor = Tensor.allocate(batch(type(), rows));
      for (long i = 0; i < labels.elements(); i++) {
        tensor.set(i * depth + (long) labels.get(i), 1);
      }
      return tensor;
    }
  }

  /** Returns the type of a batch of samples. */
  static TensorType batch(TensorType sample, int rows) {
    List<Integer> dims = new ArrayList<>(List.of(rows));
    dims.addAll(sample.shape().dims());
    return sample.withShape(new Shape(dims));
  }
}
