package dev.kiln.op;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.List;

/**
 * How many samples have their label among the {@code k} classes with the highest scores: what
 * accuracy and top-k accuracy are the share of. It is counted where the scores are, so that they
 * need not be copied to be judged.
 *
 * <p>Inputs: {@code scores} [N, C], {@code target} [N], whole numbers in [0, C). Output: {@code
 * count}, an I64 scalar. A label that is no class, such as {@link CrossEntropy#IGNORE}, is never
 * counted; a score that is not a number ranks before all others.
 *
 * @param k how many classes are looked at, at least 1; from C on every label is among them
 * @param ties which of two classes with equal scores ranks first
 */
public record CorrectCount(int k, Ties ties) implements OpSpec {

  /** Which of several classes with equal scores ranks first. */
  public enum Ties {
    /** The lower one, as in the choice of the predicted class. */
    LOWER_FIRST,
    /** The higher one, as in scikit-learn's top-k accuracy. */
    HIGHER_FIRST
  }

  /**
   * Checks the attributes.
   *
   * @throws IllegalArgumentException if k is below 1
   */
  public CorrectCount {
    if (k < 1) {
      throw new IllegalArgumentException("correct_count: k must be at least 1, not " + k);
    }
  }

  /** Returns the count of samples whose predicted class, the first of the best, is the label. */
  public static CorrectCount ofPredicted() {
    return new CorrectCount(1, Ties.LOWER_FIRST);
  }

  /** Returns the count of samples whose label is among the best {@code k}, as scikit-learn's. */
  public static CorrectCount ofTop(int k) {
    return new CorrectCount(k, Ties.HIGHER_FIRST);
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Operands in = new Operands(this, inputs, "scores", "target").floating(0).integer(1).rank(0, 2);
    in.shapeIs(1, Shape.of(in.shape(0).dim(0)));
    return List.of(TensorType.of(DType.I64));
  }

  /** Whole numbers have no gradient. */
  @Override
  public void gradient(Adjoint adjoint) {}

  /**
   * Returns whether a class ranks before the label.
   *
   * @param other the class
   * @param score its score
   * @param label the label
   * @param labelScore the label's score
   */
  public boolean ranksBefore(int other, double score, int label, double labelScore) {
    if (score == labelScore) {
      return ties == Ties.LOWER_FIRST ? other < label : other > label;
    }
    return !(score < labelScore);
  }
}
