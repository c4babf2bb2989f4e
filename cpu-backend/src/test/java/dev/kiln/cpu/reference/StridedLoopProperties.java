package dev.kiln.cpu.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.kiln.op.Binary;
import dev.kiln.op.Broadcast;
import dev.kiln.op.Reduce;
import dev.kiln.op.Transpose;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * Operations that walk their operands with strides, against the index arithmetic they stand for.
 */
class StridedLoopProperties {

  private static Shape shape(List<Integer> dims) {
    return new Shape(dims);
  }

  /** The index along each axis of an element. */
  private static int[] indices(Shape shape, long element) {
    int[] indices = new int[shape.rank()];
    long rest = element;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      indices[axis] = (int) (rest % shape.dim(axis));
      rest /= shape.dim(axis);
    }
    return indices;
  }

  /** The element of a tensor at the given indices, counted from the back; 0 where its size is 1. */
  private static double at(Tensor tensor, int[] indices) {
    Shape shape = tensor.shape();
    long position = 0;
    for (int axis = 0; axis < shape.rank(); axis++) {
      int index = indices[indices.length - shape.rank() + axis];
      position = position * shape.dim(axis) + (shape.dim(axis) == 1 ? 0 : index);
    }
    return tensor.get(position);
  }

  /** Some of the axes of a shape as 1, and some of the leading ones gone. */
  private static Shape shrunk(List<Integer> dims, Random random) {
    List<Integer> shrunk = new ArrayList<>(dims);
    shrunk.replaceAll(dim -> random.nextBoolean() ? 1 : dim);
    return shape(shrunk.subList(random.nextInt(dims.size() + 1), dims.size()));
  }

  @Property(tries = 300)
  void binaryOperandsBroadcast(
      @ForAll @Size(max = 5) List<@IntRange(min = 1, max = 4) Integer> dims,
      @ForAll Random random) {
    Tensor whole = Numbers.normal(1, shape(dims));
    Tensor part = Numbers.normal(2, shrunk(dims, random));
    Tensor forward = Running.first(Binary.SUB, whole, part);
    Tensor backward = Running.first(Binary.SUB, part, whole);
    assertThat(forward.shape()).isEqualTo(whole.shape());
    for (long i = 0; i < whole.elements(); i++) {
      double expected = whole.get(i) - at(part, indices(whole.shape(), i));
      assertThat(forward.get(i)).isEqualTo(expected);
      assertThat(backward.get(i)).isEqualTo(-expected);
    }
  }

  @Property(tries = 300)
  void bothOperandsMayBroadcast(
      @ForAll @Size(max = 4) List<@IntRange(min = 1, max = 4) Integer> dims,
      @ForAll Random random) {
    Tensor a = Numbers.normal(1, shrunk(dims, random));
    Tensor b = Numbers.normal(2, shrunk(dims, random));
    Tensor y = Running.first(Binary.ADD, a, b);
    for (long i = 0; i < y.elements(); i++) {
      int[] indices = indices(y.shape(), i);
      assertThat(y.get(i)).isEqualTo(at(a, indices) + at(b, indices));
    }
  }

  @Property(tries = 300)
  void broadcastRepeats(
      @ForAll @Size(max = 5) List<@IntRange(min = 1, max = 4) Integer> dims,
      @ForAll Random random) {
    Tensor x = Numbers.normal(1, shrunk(dims, random));
    Tensor y = Running.first(new Broadcast(shape(dims)), x);
    for (long i = 0; i < y.elements(); i++) {
      assertThat(y.get(i)).isEqualTo(at(x, indices(y.shape(), i)));
    }
  }

  @Property(tries = 300)
  void reductionIsTheAdjointOfBroadcasting(
      @ForAll @Size(max = 5) List<@IntRange(min = 1, max = 4) Integer> dims,
      @ForAll Random random) {
    Shape shape = shape(dims);
    List<Integer> axes = new ArrayList<>();
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (random.nextBoolean()) {
        axes.add(axis);
      }
    }
    Tensor x = Numbers.normal(1, shape);
    Tensor sum = Running.first(new Reduce(Reduce.Kind.SUM, axes, true), x);
    Tensor mean = Running.first(new Reduce(Reduce.Kind.MEAN, axes, false), x);
    Tensor upstream = Numbers.normal(2, sum.shape());
    Tensor spread = Running.first(new Broadcast(shape), upstream);
    assertThat(Numbers.dot(sum, upstream)).isCloseTo(Numbers.dot(x, spread), offset(1e-12));
    double count = (double) x.elements() / sum.elements();
    assertThat(mean.shape()).isEqualTo(shape.reduced(axes, false));
    for (long i = 0; i < sum.elements(); i++) {
      assertThat(mean.get(i) * count).isCloseTo(sum.get(i), offset(1e-12));
    }
  }

  @Property(tries = 300)
  void transposeReordersIndices(
      @ForAll @Size(max = 5) List<@IntRange(min = 1, max = 4) Integer> dims,
      @ForAll Random random) {
    List<Integer> permutation = new ArrayList<>();
    for (int axis = 0; axis < dims.size(); axis++) {
      permutation.add(axis);
    }
    Collections.shuffle(permutation, random);
    Tensor x = Numbers.normal(1, shape(dims));
    Tensor y = Running.first(new Transpose(permutation), x);
    for (long i = 0; i < y.elements(); i++) {
      int[] permuted = indices(y.shape(), i);
      int[] original = new int[permuted.length];
      for (int axis = 0; axis < permuted.length; axis++) {
        original[permutation.get(axis)] = permuted[axis];
      }
      assertThat(y.get(i)).isEqualTo(at(x, original));
    }
  }
}
