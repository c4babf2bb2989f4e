package dev.kiln.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The dimensions of a tensor, outermost first; a scalar has none. Every dimension is at least 1.
 *
 * @param dims the size of each dimension
 */
public record Shape(List<Integer> dims) {

  /** The shape of a single number. */
  public static final Shape SCALAR = new Shape(List.of());

  /**
   * Checks the dimensions.
   *
   * @throws IllegalArgumentException if a dimension is below 1 or the elements exceed 2^63 - 1
   */
  public Shape {
    dims = List.copyOf(dims);
    long elements = 1;
    for (int dim : dims) {
      if (dim < 1) {
        throw new IllegalArgumentException(
            "shape " + dims + ": every dimension must be at least 1, but one is " + dim);
      }
      try {
        elements = Math.multiplyExact(elements, dim);
      } catch (ArithmeticException overflow) {
        throw new IllegalArgumentException(
            "shape " + dims + " has more than 2^63 - 1 elements", overflow);
      }
    }
  }

  /**
   * Returns the shape with the given dimensions.
   *
   * @throws IllegalArgumentException if a dimension is below 1
   */
  public static Shape of(int... dims) {
    return new Shape(Arrays.stream(dims).boxed().toList());
  }

  /** Returns the number of dimensions. */
  public int rank() {
    return dims.size();
  }

  /**
   * Returns the size of one dimension.
   *
   * @param axis counted from the front, or from the back when negative: -1 is the last
   * @throws IndexOutOfBoundsException if there is no such dimension
   */
  public int dim(int axis) {
    int index = axis < 0 ? axis + rank() : axis;
    if (index < 0 || index >= rank()) {
      throw new IndexOutOfBoundsException("shape %s has no dimension %d".formatted(this, axis));
    }
    return dims.get(index);
  }

  /** Returns the number of elements: the product of all dimensions, 1 for a scalar. */
  public long elements() {
    long elements = 1;
    for (int dim : dims) {
      elements *= dim;
    }
    return elements;
  }

  /** Returns the product of the dimensions {@code from} (inclusive) to {@code to} (exclusive). */
  public long elements(int from, int to) {
    long elements = 1;
    for (int axis = from; axis < to; axis++) {
      elements *= dims.get(axis);
    }
    return elements;
  }

  /** Returns the distance, in elements, between neighbours along each axis in row-major order. */
  public long[] strides() {
    long[] strides = new long[rank()];
    long stride = 1;
    for (int axis = rank() - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= dims.get(axis);
    }
    return strides;
  }

  /** Returns the dimensions as a fresh array. */
  public int[] toArray() {
    return dims.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Returns this shape with the dimension at {@code axis} replaced by {@code size}. */
  public Shape with(int axis, int size) {
    List<Integer> changed = new ArrayList<>(dims);
    changed.set(axis < 0 ? axis + rank() : axis, size);
    return new Shape(changed);
  }

  /** Returns the shape of so many tensors of this shape, stacked along a new first axis. */
  public Shape stacked(int count) {
    List<Integer> more = new ArrayList<>(List.of(count));
    more.addAll(dims);
    return new Shape(more);
  }

  /**
   * Returns this shape with the given axes reduced: kept as 1, or removed.
   *
   * @param axes the axes to reduce, each in [0, rank)
   * @param keepDims whether the reduced axes stay, with size 1
   */
  public Shape reduced(List<Integer> axes, boolean keepDims) {
    List<Integer> kept = new ArrayList<>();
    for (int axis = 0; axis < rank(); axis++) {
      if (!axes.contains(axis)) {
        kept.add(dims.get(axis));
      } else if (keepDims) {
        kept.add(1);
      }
    }
    return new Shape(kept);
  }

  /**
   * Returns the shape two operands broadcast to: aligned at the last dimension, where each pair
   * must be equal or one of them 1 (the rule of NumPy and PyTorch).
   *
   * @throws IllegalArgumentException if the shapes do not fit together
   */
  public static Shape broadcast(Shape a, Shape b) {
    int rank = Math.max(a.rank(), b.rank());
    List<Integer> result = new ArrayList<>(Collections.nCopies(rank, 1));
    for (int back = 1; back <= rank; back++) {
      int left = back <= a.rank() ? a.dim(-back) : 1;
      int right = back <= b.rank() ? b.dim(-back) : 1;
      if (left != right && left != 1 && right != 1) {
        throw new IllegalArgumentException(
            "cannot broadcast "
                + a
                + " with "
                + b
                + ": counted from the back, dimension "
                + back
                + " is "
                + left
                + " against "
                + right
                + "; they must be equal or one of them 1");
      }
      result.set(rank - back, Math.max(left, right));
    }
    return new Shape(result);
  }

  /**
   * Returns whether the dimensions are the same. Written out because a list's own comparison
   * allocates an iterator, and every batch that is fed is compared with what is expected.
   */
  @Override
  public boolean equals(@Nullable Object object) {
    if (this == object) {
      return true;
    }
    if (!(object instanceof Shape other) || dims.size() != other.dims.size()) {
      return false;
    }
    for (int axis = 0; axis < dims.size(); axis++) {
      if (!dims.get(axis).equals(other.dims.get(axis))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    return dims.hashCode();
  }

  /** Returns the dimensions in brackets, as in {@code [64, 1, 28, 28]}. */
  @Override
  public String toString() {
    return dims.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
  }
}
