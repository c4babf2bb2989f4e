package dev.kiln.decode;

import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;

/** Puts the tensors of several sequences together for one run, and takes them apart again. */
final class Rows {

  private Rows() {}

  /**
   * Lays tensors side by side: [d, ...] each, to [d, N, ...] with the sequences on the second axis,
   * or to [N, d, ...] on the first. Rows that are not filled are zero.
   *
   * @param type of the whole
   * @param axis which axis counts the sequences, 0 or 1
   */
  static Tensor joined(TensorType type, int axis, List<Tensor> parts) {
    Tensor whole = Tensor.allocate(type);
    for (int row = 0; row < parts.size(); row++) {
      copy(whole, axis, row, parts.get(row), Direction.INTO_WHOLE);
    }
    return whole;
  }

  /** Takes the first sequences' tensors out of a whole, as {@link #joined} lays them. */
  static List<Tensor> apart(Tensor whole, int axis, int count) {
    List<Integer> dims = new ArrayList<>(whole.shape().dims());
    dims.remove(axis);
    TensorType one = whole.type().withShape(new Shape(dims));
    List<Tensor> parts = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      Tensor part = Tensor.allocate(one);
      copy(whole, axis, row, part, Direction.OUT_OF_WHOLE);
      parts.add(part);
    }
    return parts;
  }

  private enum Direction {
    INTO_WHOLE,
    OUT_OF_WHOLE
  }

  private static void copy(Tensor whole, int axis, int row, Tensor part, Direction direction) {
    int rows = whole.shape().dim(axis);
    int blocks = Math.toIntExact(whole.shape().elements(0, axis));
    long bytes = part.type().bytes() / blocks;
    for (int block = 0; block < blocks; block++) {
      var inWhole = whole.data().asSlice(((long) block * rows + row) * bytes, bytes);
      var inPart = part.data().asSlice(block * bytes, bytes);
      switch (direction) {
        case INTO_WHOLE -> inWhole.copyFrom(inPart);
        case OUT_OF_WHOLE -> inPart.copyFrom(inWhole);
      }
    }
  }
}
