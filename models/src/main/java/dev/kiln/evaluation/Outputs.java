package dev.kiln.evaluation;

import java.util.Arrays;
import java.util.List;

/** What a model said of each of some samples, in their order. */
public sealed interface Outputs {

  /**
   * The probabilities of classes.
   *
   * @param targets the true class of each sample
   * @param probabilities one row of probabilities per sample, [N, classes] in row-major order
   * @param classes how many classes there are
   */
  record Classes(int[] targets, float[] probabilities, int classes) implements Outputs {

    /** Returns the probability of a class for a sample. */
    public float probability(int sample, int label) {
      return probabilities[sample * classes + label];
    }

    /** Returns how many samples there are. */
    public int size() {
      return targets.length;
    }
  }

  /**
   * Predicted values, in the unit of the data.
   *
   * @param targets the true values, [N, width] in row-major order
   * @param predictions the predicted ones, in the same order
   * @param width how many values a sample has
   */
  record Values(double[] targets, double[] predictions, int width) implements Outputs {

    /** Returns how many samples there are. */
    public int size() {
      return targets.length / width;
    }

    /** Returns the Euclidean distance of each sample's predicted values from the true ones. */
    public double[] distances() {
      double[] distances = new double[size()];
      for (int k = 0; k < targets.length; k++) {
        double error = predictions[k] - targets[k];
        distances[k / width] += error * error;
      }
      Arrays.setAll(distances, i -> Math.sqrt(distances[i]));
      return distances;
    }
  }

  /**
   * Words written in other signs.
   *
   * @param words each different word once, in the order of the data
   */
  record Transcriptions(List<Transcription> words) implements Outputs {

    /** Copies the list. */
    public Transcriptions {
      words = List.copyOf(words);
    }
  }

  /**
   * A word with what a model wrote for it.
   *
   * @param word the word
   * @param truth of its true transcriptions the nearest to what was written
   * @param said what was written
   * @param edits how many signs must be inserted, deleted or replaced between the two
   * @param probability the model's probability of what was written
   * @param score what it was ranked by: the mean logarithm of a sign's probability
   */
  record Transcription(
      String word, String truth, String said, int edits, double probability, double score) {

    /** Returns whether what was written is true. */
    public boolean isRight() {
      return edits == 0;
    }
  }

  /**
   * How well the characters of a text were foreseen, stretch by stretch.
   *
   * @param stretches the stretches, in the order of the text
   * @param characters how many characters each has
   */
  record Stretches(List<Stretch> stretches, int characters) implements Outputs {

    /** Copies the list. */
    public Stretches {
      stretches = List.copyOf(stretches);
    }
  }

  /**
   * A stretch of a text.
   *
   * @param text its characters
   * @param bitsPerCharacter the negative binary logarithm of their probability, a character's mean
   */
  record Stretch(String text, double bitsPerCharacter) {}
}
