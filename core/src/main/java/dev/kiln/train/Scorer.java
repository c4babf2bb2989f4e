package dev.kiln.train;

import dev.kiln.metrics.Evaluation;
import dev.kiln.tensor.Tensor;
import java.util.List;

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

  /** Returns a scorer of values: predictions and targets are numbers of one shape. */
  static Scorer ofValues() {
    return new ValueScorer();
  }
}
