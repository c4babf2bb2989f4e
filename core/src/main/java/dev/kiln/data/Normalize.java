package dev.kiln.data;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Subtracts each channel's mean and divides by its standard deviation. The channels are the
 * example's first dimension: the colours of an image {@code [C, H, W]}, the columns of a table row
 * {@code [C]}.
 *
 * @param mean the mean of each channel
 * @param deviation the standard deviation of each channel, above 0
 */
public record Normalize(List<Float> mean, List<Float> deviation) implements Transform {

  /**
   * Checks the statistics.
   *
   * @throws IllegalArgumentException if the lists differ in length, a mean is not finite or a
   *     deviation is not a finite number above 0
   */
  public Normalize {
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
    boolean usable =
        mean.size() == deviation.size()
            && mean.stream().allMatch(Float::isFinite)
            && deviation.stream().allMatch(d -> Float.isFinite(d) && d > 0);
    if (!usable) {
      throw new IllegalArgumentException(
          "normalization needs as many finite means as deviations above 0, but they are "
              + mean
              + " and "
              + deviation);
    }
  }

  /**
   * Measures a data set, in one pass over it (Welford 1962). A channel that never changes gets the
   * deviation 1, so that it becomes 0.
   *
   * @param dataset usually the training part alone, so that nothing leaks from the test
   * @return the normalization that gives each channel mean 0 and deviation 1 on it
   * @throws IllegalArgumentException if the features are not {@link DType#F32} of rank 1 or more
   */
  public static Normalize of(Dataset dataset) {
    TensorType type = dataset.features();
    checkType(type);
    int channels = type.shape().dim(0);
    long inner = type.elements() / channels;
    double[] mean = new double[channels];
    double[] squares = new double[channels];
    Tensor example = Tensor.allocate(type.stacked(1));
    for (int i = 0; i < dataset.size(); i++) {
      dataset.readFeatures(i, example, 0);
      for (int channel = 0; channel < channels; channel++) {
        for (long k = 0; k < inner; k++) {
          double value = example.data().getAtIndex(ValueLayout.JAVA_FLOAT, channel * inner + k);
          double delta = value - mean[channel];
          mean[channel] += delta / (i * inner + k + 1);
          squares[channel] += delta * (value - mean[channel]);
        }
      }
    }
    Float[] means = new Float[channels];
    Float[] deviations = new Float[channels];
    for (int channel = 0; channel < channels; channel++) {
      float deviation = (float) Math.sqrt(squares[channel] / ((double) dataset.size() * inner));
      means[channel] = (float) mean[channel];
      deviations[channel] = deviation > 0 ? deviation : 1f;
    }
    return new Normalize(List.of(means), List.of(deviations));
  }

  @Override
  public void check(TensorType example) {
    checkType(example);
    if (example.shape().dim(0) != mean.size()) {
      throw new IllegalArgumentException(
          "normalization of %d channels does not fit examples %s, whose first dimension is %d"
              .formatted(mean.size(), example, example.shape().dim(0)));
    }
  }

  @Override
  public void apply(MemorySegment features, TensorType type, MemorySegment scratch, int[] random) {
    long inner = type.elements() / mean.size();
    for (int channel = 0; channel < mean.size(); channel++) {
      float centre = mean.get(channel);
      float scale = 1 / deviation.get(channel);
      for (long i = channel * inner; i < (channel + 1) * inner; i++) {
        float value = features.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        features.setAtIndex(ValueLayout.JAVA_FLOAT, i, (value - centre) * scale);
      }
    }
  }

  private static void checkType(TensorType example) {
    if (example.dtype() != DType.F32 || example.shape().rank() == 0) {
      throw new IllegalArgumentException(
          "normalization needs examples F32[C, ...], but they are " + example);
    }
  }
}
