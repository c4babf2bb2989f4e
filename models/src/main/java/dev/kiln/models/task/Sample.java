package dev.kiln.models.task;

import dev.kiln.data.Batch;
import dev.kiln.data.Dataset;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;

/**
 * One thing to predict.
 *
 * @param name what messages call it
 * @param fields its fields as a batch of one, as the network takes them; the target is zero where
 *     it is not known
 * @param truth its target, where it is known
 * @param note what the user should be told of it, if anything
 */
public record Sample(
    String name, List<Tensor> fields, Optional<Tensor> truth, Optional<String> note) {

  /** Copies the list. */
  public Sample {
    fields = List.copyOf(fields);
  }

  /** A sample of which there is nothing to be told. */
  public Sample(String name, List<Tensor> fields, Optional<Tensor> truth) {
    this(name, fields, truth, Optional.empty());
  }

  /** Returns a sample of a data set, whose target is known. */
  public static Sample of(String name, Dataset data, int index) {
    Batch one = Batch.allocate(data, 1, Arena.ofAuto());
    data.read(index, one, 0);
    return new Sample(name, one.fields(), Optional.of(one.targets()));
  }

  /** Returns the types of a batch's fields. */
  public static List<TensorType> batch(List<TensorType> sample, int rows) {
    return sample.stream().map(type -> type.stacked(rows)).toList();
  }
}
