package dev.kiln.models.task;

import dev.kiln.metrics.LikelihoodAccumulator;
import dev.kiln.metrics.LikelihoodEvaluation;

/**
 * Tells the next character from the two before it, by counts. The counts after two, one and no
 * characters are interpolated as Witten and Bell 1991 propose (their method C): after a context
 * seen {@code n} times with {@code t} different characters, its own counts weigh {@code n / (n +
 * t)} and the shorter context the rest; at the end all characters are equally likely.
 */
final class CharacterTrigrams {

  private final int characters;
  private final Counts none;
  private final Counts one;
  private final Counts two;

  /** How often each character follows each context. */
  private static final class Counts {

    private final int[][] after;
    private final int[] total;
    private final int[] different;

    Counts(int contexts, int characters) {
      after = new int[contexts][];
      total = new int[contexts];
      different = new int[contexts];
      this.characters = characters;
    }

    private final int characters;

    void add(int context, int character) {
      int[] row = after[context];
      if (row == null) {
        row = new int[characters];
        after[context] = row;
      }
      different[context] += row[character] == 0 ? 1 : 0;
      row[character]++;
      total[context]++;
    }

    double interpolated(int context, int character, double shorter) {
      int[] row = after[context];
      if (row == null) {
        return shorter;
      }
      return (row[character] + different[context] * shorter)
          / (total[context] + different[context]);
    }
  }

  private CharacterTrigrams(int characters) {
    this.characters = characters;
    this.none = new Counts(1, characters);
    this.one = new Counts(characters, characters);
    this.two = new Counts(characters * characters, characters);
  }

  /**
   * Counts.
   *
   * @param text the characters, each in [0, characters)
   */
  static CharacterTrigrams of(int[] text, int characters) {
    CharacterTrigrams counted = new CharacterTrigrams(characters);
    for (int i = 0; i < text.length; i++) {
      counted.none.add(0, text[i]);
      if (i >= 1) {
        counted.one.add(text[i - 1], text[i]);
      }
      if (i >= 2) {
        counted.two.add(text[i - 2] * characters + text[i - 1], text[i]);
      }
    }
    return counted;
  }

  /** Returns the probability of the character at a place, given those before it. */
  double probability(int[] text, int place) {
    int character = text[place];
    double p = none.interpolated(0, character, 1.0 / characters);
    if (place >= 1) {
      p = one.interpolated(text[place - 1], character, p);
    }
    if (place >= 2) {
      p = two.interpolated(text[place - 2] * characters + text[place - 1], character, p);
    }
    return p;
  }

  /** Returns how likely they hold a text, all but its first character, as a network is judged. */
  LikelihoodEvaluation evaluate(int[] text) {
    double[] logarithms = new double[text.length - 1];
    for (int i = 1; i < text.length; i++) {
      logarithms[i - 1] = Math.log(probability(text, i));
    }
    LikelihoodAccumulator likelihood = new LikelihoodAccumulator();
    likelihood.add(logarithms);
    return likelihood.evaluate();
  }
}
