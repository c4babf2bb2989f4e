package dev.kiln.train;

import dev.kiln.metrics.Evaluation;
import dev.kiln.metrics.Metric;
import dev.kiln.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/** Judges predictions against what is true, batch by batch. */
public interface Scorer {

  /**
   * Adds a batch.
   *
   * @param batch its fields; the targets are the second
   * @param predictions what the network made of it, valid during the call
   */
  void add(List<Tensor> batch, Tensor predictions);

  /** Returns every metric of all that was added. */
  Evaluation evaluate();

  /**
   * Returns how the device computes a metric with the loss; empty, as by default, if it takes the
   * predictions.
   */
  default Optional<OnDevice> onDevice(Metric metric) {
    return Optional.empty();
  }

  /**
   * Returns a scorer of classes: predictions are logits [N, C] or [N, T, C], targets labels [N] or
   * [N, T]. Labels that are {@link dev.kiln.op.CrossEntropy#IGNORE} do not count.
   */
  static Scorer ofClasses() {
    return new ClassScorer();
  }

  /**
   * Returns a scorer of tokens by their likelihood: predictions are logits [N, T, C], targets the
   * true tokens [N, T]. Tokens that are {@link dev.kiln.op.CrossEntropy#IGNORE} do not count.
   */
  static Scorer ofTokens() {
    return new TokenScorer();
  }

  /**
   * Returns a scorer of tokens whose model has as its loss their mean negative log likelihood, and
   * nothing else: every metric comes of the loss, and no predictions are copied while training.
   */
  static Scorer ofTokensByLoss() {
    return new TokenLossScorer();
  }

  /** Returns a scorer of values: predictions and targets are numbers of one shape. */
  static Scorer ofValues() {
    return new ValueScorer();
  }
}
