package dev.kiln.cli;

import dev.kiln.data.Batch;
import dev.kiln.data.Dataset;
import java.lang.foreign.Arena;
import java.util.OptionalDouble;

/**
 * One thing to predict.
 *
 * @param name what messages call it
 * @param features its features, normalized as the model needs them
 * @param truth its class or value, where it is known
 */
record Sample(String name, float[] features, OptionalDouble truth) {

  /**
   * Reads a sample of a data set.
   *
   * @throws UsageException if it has no such sample
   */
  static Sample of(String part, Dataset data, int index) {
    if (index < 0 || index >= data.size()) {
      throw new UsageException(
          "--index %d: the %s part has the samples 0 to %d"
              .formatted(index, part, data.size() - 1));
    }
    try (Arena arena = Arena.ofConfined()) {
      Batch one = Batch.allocate(data, 1, arena);
      data.read(index, one, 0);
      return new Sample(
          "%s %d".formatted(part, index),
          one.features().toFloatArray(),
          one.targets().elements() == 1
              ? OptionalDouble.of(one.targets().get(0))
              : OptionalDouble.empty());
    }
  }
}
