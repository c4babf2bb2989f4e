package dev.kiln.cpu.reference;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;

/** Tensors of random numbers for tests. */
final class Numbers {

  private Numbers() {}

  /** Returns standard normal numbers in double precision. */
  static Tensor normal(int seed, Shape shape) {
    Tensor tensor = Tensor.allocate(TensorType.of(DType.F64, shape));
    double[] values = new double[Math.toIntExact(shape.elements())];
    new Philox(seed, 0, 0).fillNormal(values);
    Elements.store(values, tensor);
    return tensor;
  }

  /** Returns standard normal numbers in double precision. */
  static Tensor normal(int seed, int... dims) {
    return normal(seed, Shape.of(dims));
  }

  /** Returns the sum of the products of corresponding elements. */
  static double dot(Tensor a, Tensor b) {
    double sum = 0;
    for (long i = 0; i < a.elements(); i++) {
      sum += a.get(i) * b.get(i);
    }
    return sum;
  }
}
