package dev.kiln.data;

import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.List;
import java.util.stream.Stream;

/**
 * Examples by index: each has features (what a network sees) and a target (what it should say).
 *
 * <p>A data set is immutable and may be read by several threads at once.
 */
public interface Dataset {

  /** Returns the number of examples, at least 1. */
  int size();

  /** Returns the type of one example's features, as {@code F32[1, 28, 28]} for a grey image. */
  TensorType features();

  /**
   * Returns the type of one example's target: {@code I64[]} when it is the index of a class,
   * floating-point numbers when it is a value to predict.
   */
  TensorType target();

  /**
   * Returns the types of what else a network is told of one example, such as {@code I64[]}, the
   * length of a padded sequence; nothing by default.
   */
  default List<TensorType> more() {
    return List.of();
  }

  /** Returns the types of one example's features, target and {@link #more}, in this order. */
  default List<TensorType> fields() {
    return Stream.concat(Stream.of(features(), target()), more().stream()).toList();
  }

  /** Returns the names of the classes by index; empty when the targets are no classes. */
  List<String> classNames();

  /**
   * Copies one example's features into a row of a tensor.
   *
   * @param index which example, in [0, size)
   * @param rows a stack {@code [N, ...]} of this data set's features
   * @param row which row of it, in [0, N)
   */
  void readFeatures(int index, Tensor rows, int row);

  /**
   * Copies one example's target into a row of a tensor.
   *
   * @param index which example, in [0, size)
   * @param rows a stack {@code [N, ...]} of this data set's targets
   * @param row which row of it, in [0, N)
   */
  void readTarget(int index, Tensor rows, int row);

  /**
   * Copies what else there is of one example into a row of a batch.
   *
   * @param index which example, in [0, size)
   * @param stacks for each type of {@link #more} a stack {@code [N, ...]}
   * @param row which row of them, in [0, N)
   */
  default void readMore(int index, List<Tensor> stacks, int row) {}

  /**
   * Copies one example into a row of a batch.
   *
   * @param index which example, in [0, size)
   * @param batch a batch of this data set's types (see {@link Batch#allocate})
   * @param row which row of the batch, in [0, batch size)
   */
  default void read(int index, Batch batch, int row) {
    readFeatures(index, batch.features(), row);
    readTarget(index, batch.targets(), row);
    readMore(index, batch.more(), row);
  }

  /** Returns this data set in one line: size, types and classes. */
  default String describe() {
    String examples = size() + " examples of " + features();
    return classNames().isEmpty()
        ? examples + " with target " + target()
        : examples + " in " + classNames().size() + " classes";
  }
}
