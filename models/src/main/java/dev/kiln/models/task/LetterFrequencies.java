package dev.kiln.models.task;

import dev.kiln.data.RaggedDataset;
import dev.kiln.metrics.MulticlassAccumulator;
import dev.kiln.metrics.MulticlassEvaluation;
import dev.kiln.metrics.Probabilities;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;

/**
 * Tells classes of words apart by how often letters occur in each, wherever they stand: naive Bayes
 * with multinomial likelihoods and one added to every count.
 */
final class LetterFrequencies {

  /** log p(letter | class), [classes][letters]. */
  private final double[][] logLikelihood;

  /** log p(class). */
  private final double[] logPrior;

  private LetterFrequencies(double[][] logLikelihood, double[] logPrior) {
    this.logLikelihood = logLikelihood;
    this.logPrior = logPrior;
  }

  /** Counts the letters of some words. */
  static LetterFrequencies of(RaggedDataset words, int letters) {
    int classes = words.classNames().size();
    double[][] counts = new double[classes][letters];
    double[] totals = new double[classes];
    double[] sizes = new double[classes];
    for (int i = 0; i < words.size(); i++) {
      int label = label(words, i);
      sizes[label]++;
      for (int letter : letters(words, i)) {
        counts[label][letter]++;
        totals[label]++;
      }
    }
    double[] prior = new double[classes];
    for (int label = 0; label < classes; label++) {
      prior[label] = Math.log((sizes[label] + 1) / (words.size() + classes));
      for (int letter = 0; letter < letters; letter++) {
        counts[label][letter] = Math.log((counts[label][letter] + 1) / (totals[label] + letters));
      }
    }
    return new LetterFrequencies(counts, prior);
  }

  /** Returns how well they tell the classes of words. */
  MulticlassEvaluation evaluate(RaggedDataset words) {
    MulticlassAccumulator accumulator = MulticlassAccumulator.withCurves(logPrior.length);
    for (int i = 0; i < words.size(); i++) {
      float[] scores = new float[logPrior.length];
      int[] letters = letters(words, i);
      for (int label = 0; label < scores.length; label++) {
        double sum = logPrior[label];
        for (int letter : letters) {
          sum += logLikelihood[label][letter];
        }
        scores[label] = (float) sum;
      }
      accumulator.add(new int[] {label(words, i)}, Probabilities.ofLogits(scores, scores.length));
    }
    return accumulator.evaluate();
  }

  private static int label(RaggedDataset words, int index) {
    Tensor label = Tensor.allocate(TensorType.of(DType.I64, 1));
    words.readTarget(index, label, 0);
    return (int) label.get(0);
  }

  private static int[] letters(RaggedDataset words, int index) {
    int longest = words.features().shape().dim(0);
    Tensor letters = Tensor.allocate(TensorType.of(DType.I64, 1, longest));
    words.readFeatures(index, letters, 0);
    int[] own = new int[words.length(index)];
    for (int i = 0; i < own.length; i++) {
      own[i] = (int) letters.get(i);
    }
    return own;
  }
}
