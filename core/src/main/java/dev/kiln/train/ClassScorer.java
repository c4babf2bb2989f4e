package dev.kiln.train;

import dev.kiln.metrics.Evaluation;
import dev.kiln.metrics.Metric;
import dev.kiln.metrics.MulticlassAccumulator;
import dev.kiln.metrics.Probabilities;
import dev.kiln.op.CorrectCount;
import dev.kiln.op.CrossEntropy;
import dev.kiln.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Judges classes by the probabilities that logits give them. */
final class ClassScorer implements Scorer {

  /** The first batch tells the number of classes. */
  private @Nullable MulticlassAccumulator classes;

  @Override
  public void add(List<Tensor> batch, Tensor predictions) {
    Tensor target = batch.get(1);
    int count = predictions.shape().dim(-1);
    int[] labels = new int[Math.toIntExact(target.elements())];
    boolean[] counts = new boolean[labels.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (int) target.get(i);
      counts[i] = labels[i] != CrossEntropy.IGNORE;
    }
    accumulator(count)
        .add(labels, Probabilities.ofLogits(predictions.toFloatArray(), count), counts);
  }

  private MulticlassAccumulator accumulator(int count) {
    MulticlassAccumulator present = classes;
    if (present == null) {
      present = MulticlassAccumulator.withCurves(Math.max(2, count));
      classes = present;
    }
    return present;
  }

  @Override
  public Optional<OnDevice> onDevice(Metric metric) {
    return switch (metric) {
      case ACCURACY -> Optional.of(new OnDevice.Share(CorrectCount.ofPredicted()));
      case TOP_3_ACCURACY -> Optional.of(new OnDevice.Share(CorrectCount.ofTop(3)));
      case TOP_5_ACCURACY -> Optional.of(new OnDevice.Share(CorrectCount.ofTop(5)));
      default -> Optional.empty();
    };
  }

  @Override
  public Evaluation evaluate() {
    return accumulator(2).evaluate();
  }
}
