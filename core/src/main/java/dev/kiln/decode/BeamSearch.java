package dev.kiln.decode;

import java.util.ArrayList;
import java.util.List;

/**
 * Looks for the sequence that a model holds most probable by following the best beginnings side by
 * side (Lowerre 1976; for neural networks Sutskever, Vinyals, Le 2014). Of the continuations of all
 * beginnings the most probable ones are followed, as many as the beam is wide; those that end are
 * found. A width of 1 is the greedy search.
 *
 * <p>Found sequences are ranked by {@code log p / length^normalization} where the length counts the
 * mark of the end: without normalization short sequences win, since every further token makes a
 * sequence less probable. The search goes on until no beginning can do better than what is found.
 *
 * @param width how many beginnings are followed, at least 1
 * @param normalization the power of the length in the rank, at least 0; 1 ranks by the mean over
 *     the tokens
 * @param longest the most tokens of a sequence, the mark of the end included, at least 1
 */
public record BeamSearch(int width, double normalization, int longest) {

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if one is too small
   */
  public BeamSearch {
    if (width < 1 || longest < 1 || !(normalization >= 0 && Double.isFinite(normalization))) {
      throw new IllegalArgumentException(
          "beam search: width and longest must be at least 1 and the normalization at least 0, but are %d, %d and %s"
              .formatted(width, longest, normalization));
    }
  }

  /** Returns the search that takes the most probable token at every step. */
  public static BeamSearch greedy(int longest) {
    return new BeamSearch(1, 0, longest);
  }

  /**
   * The tokens that stand for the limits of a sequence.
   *
   * @param begin what the model reads first
   * @param end what the model says last
   */
  public record Marks(int begin, int end) {}

  /**
   * Searches a sequence for each of several starts; all are followed at once, so that the model
   * reads many tokens together.
   *
   * @param model the model
   * @param starts the model's state before the mark of the beginning, for each sequence
   * @return for each start the best sequences, at most as many as the beam is wide, the best first.
   *     If none ends in time: the most probable beginnings, cut off
   * @throws ArithmeticException if a probability is not a number
   */
  public <S> List<List<Hypothesis>> search(TokenModel<S> model, List<S> starts, Marks marks) {
    List<Beam<S>> beams = starts.stream().map(start -> new Beam<>(this, start, marks)).toList();
    while (true) {
      List<Beam<S>> open = beams.stream().filter(Beam::goesOn).toList();
      if (open.isEmpty()) {
        return beams.stream().map(Beam::best).toList();
      }
      advance(model, open);
    }
  }

  private static <S> void advance(TokenModel<S> model, List<Beam<S>> open) {
    List<S> states = new ArrayList<>();
    List<Integer> tokens = new ArrayList<>();
    for (Beam<S> beam : open) {
      states.addAll(beam.states());
      tokens.addAll(beam.lastTokens());
    }
    List<TokenModel.Reading<S>> readings =
        model.read(states, tokens.stream().mapToInt(Integer::intValue).toArray());
    int from = 0;
    for (Beam<S> beam : open) {
      int to = from + beam.states().size();
      beam.advance(readings.subList(from, to));
      from = to;
    }
  }

  /** What a sequence of this probability is ranked by. */
  double score(double logProbability, int length) {
    return logProbability / Math.pow(length, normalization);
  }
}
