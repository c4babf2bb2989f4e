package dev.kiln.train;

import dev.kiln.op.CrossEntropy;
import dev.kiln.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * What batches add up to.
 *
 * @param loss the sum over the counted samples of their batch's loss
 * @param counted the samples; where targets are labels, those that are not {@link
 *     CrossEntropy#IGNORE}
 * @param correct how many of them each {@link dev.kiln.op.CorrectCount} asked for has counted
 */
public record Totals(double loss, long counted, List<Long> correct) {

  /** Nothing yet. */
  public static final Totals NONE = new Totals(0, 0, List.of());

  /** Copies the list. */
  public Totals {
    correct = List.copyOf(correct);
  }

  /** Returns these and a batch more. */
  Totals plus(double batchLoss, Tensor target, long[] batchCorrect) {
    long samples = counted(target);
    List<Long> sums = new ArrayList<>();
    for (int i = 0; i < batchCorrect.length; i++) {
      sums.add(batchCorrect[i] + (correct.isEmpty() ? 0 : correct.get(i)));
    }
    return new Totals(loss + batchLoss * samples, counted + samples, sums);
  }

  /**
   * Returns how much a batch counts in means over batches: its rows, or where targets are labels,
   * those that are not {@link CrossEntropy#IGNORE}.
   */
  public static long counted(Tensor target) {
    if (!target.type().dtype().isInteger()) {
      return target.shape().dim(0);
    }
    long counted = 0;
    for (long i = 0; i < target.elements(); i++) {
      counted += target.get(i) != CrossEntropy.IGNORE ? 1 : 0;
    }
    return counted;
  }

  /** Returns the mean loss of a counted sample. */
  double meanLoss() {
    return loss / counted;
  }

  /** Returns the share that one of the operations has counted. */
  double share(int operation) {
    return (double) correct.get(operation) / counted;
  }
}
