package dev.kiln.data;

import static java.util.stream.Collectors.joining;

import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.stream.Stream;

/**
 * Examples that go through the network together.
 *
 * @param features their features, {@code [N, ...]}
 * @param targets their targets, {@code [N, ...]}
 * @param more what else the network is told of them, each {@code [N, ...]}, such as lengths of
 *     sequences; usually nothing
 */
public record Batch(Tensor features, Tensor targets, List<Tensor> more) {

  /**
   * Checks that all tensors have the same number of rows.
   *
   * @throws IllegalArgumentException if they have not
   */
  public Batch {
    more = List.copyOf(more);
    List<Tensor> fields = joined(features, targets, more);
    for (Tensor field : fields) {
      if (field.shape().rank() == 0
          || features.shape().rank() == 0
          || field.shape().dim(0) != features.shape().dim(0)) {
        throw new IllegalArgumentException(
            "a batch needs features [N, ...] and targets [N, ...] of the same N, but they are "
                + fields.stream().map(each -> each.type().toString()).collect(joining(" and ")));
      }
    }
  }

  /** A batch of features and targets alone. */
  public Batch(Tensor features, Tensor targets) {
    this(features, targets, List.of());
  }

  /** Returns features, targets and what else there is, in the order in which a model takes them. */
  public List<Tensor> fields() {
    return joined(features, targets, more);
  }

  private static <T> List<T> joined(T features, T targets, List<T> more) {
    return Stream.concat(Stream.of(features, targets), more.stream()).toList();
  }

  /**
   * Returns a batch of zeros for a data set's examples.
   *
   * @param dataset whose types the rows have
   * @param rows the number of rows
   * @param arena owns the memory
   */
  public static Batch allocate(Dataset dataset, int rows, Arena arena) {
    return new Batch(
        Tensor.allocate(dataset.features().stacked(rows), arena),
        Tensor.allocate(dataset.target().stacked(rows), arena),
        dataset.more().stream().map(type -> Tensor.allocate(type.stacked(rows), arena)).toList());
  }

  /** Returns the number of rows. */
  public int size() {
    return features.shape().dim(0);
  }

  /** Returns the first {@code rows} rows as a batch over the same memory. */
  Batch first(int rows) {
    return new Batch(
        firstRows(features, rows),
        firstRows(targets, rows),
        more.stream().map(field -> firstRows(field, rows)).toList());
  }

  private static Tensor firstRows(Tensor tensor, int rows) {
    TensorType type = tensor.type().withShape(tensor.shape().with(0, rows));
    return Tensor.wrap(type, tensor.data().asSlice(0, type.bytes()));
  }

  /** The type of one row of a stack. */
  static TensorType rowOf(TensorType stack) {
    List<Integer> dims = stack.shape().dims();
    return stack.withShape(new Shape(dims.subList(1, dims.size())));
  }
}
