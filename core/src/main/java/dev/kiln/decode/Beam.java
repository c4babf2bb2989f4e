package dev.kiln.decode;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The search for one sequence. */
final class Beam<S> {

  /** A beginning that is followed: the tokens so far, without the mark of the beginning. */
  private record Beginning<S>(S state, List<Integer> tokens, double logProbability) {}

  /** A beginning and the token that may follow it. */
  private record Candidate(int beginning, int token, double logProbability) {

    /** The most probable first; of equals the one that comes from the better beginning. */
    static final Comparator<Candidate> ORDER =
        Comparator.comparingDouble((Candidate candidate) -> -candidate.logProbability)
            .thenComparingInt(Candidate::beginning)
            .thenComparingInt(Candidate::token);
  }

  private static final Comparator<Hypothesis> BEST_FIRST =
      Comparator.comparingDouble((Hypothesis found) -> -found.score());

  private final BeamSearch search;
  private final BeamSearch.Marks marks;
  private List<Beginning<S>> beginnings;
  private final List<Hypothesis> found = new ArrayList<>();
  private int length;

  Beam(BeamSearch search, S start, BeamSearch.Marks marks) {
    this.search = search;
    this.marks = marks;
    this.beginnings = List.of(new Beginning<>(start, List.of(), 0));
  }

  List<S> states() {
    return beginnings.stream().map(Beginning::state).toList();
  }

  List<Integer> lastTokens() {
    return beginnings.stream()
        .map(each -> each.tokens.isEmpty() ? marks.begin() : each.tokens.getLast())
        .toList();
  }

  /** Whether a beginning may still become better than what is found. */
  boolean goesOn() {
    if (beginnings.isEmpty() || length == search.longest()) {
      return false;
    }
    if (found.size() < search.width()) {
      return true;
    }
    // Probabilities only fall, and no length divides by more than the greatest.
    double bestPossible = search.score(beginnings.getFirst().logProbability, search.longest());
    return bestPossible > found.get(search.width() - 1).score();
  }

  /**
   * Follows the most probable continuations.
   *
   * @param readings what the model says after each beginning
   */
  void advance(List<TokenModel.Reading<S>> readings) {
    length++;
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < readings.size(); i++) {
      double before = beginnings.get(i).logProbability;
      for (int token = 0; token < readings.get(i).logProbabilities().length; token++) {
        candidates.add(new Candidate(i, token, before + readings.get(i).logProbability(token)));
      }
    }
    candidates.sort(Candidate.ORDER);
    List<Beginning<S>> next = new ArrayList<>();
    for (Candidate candidate : candidates.subList(0, Math.min(search.width(), candidates.size()))) {
      List<Integer> tokens = beginnings.get(candidate.beginning).tokens;
      if (candidate.token == marks.end()) {
        found.add(hypothesis(tokens, candidate.logProbability, true));
      } else {
        List<Integer> longer = new ArrayList<>(tokens);
        longer.add(candidate.token);
        next.add(
            new Beginning<>(
                readings.get(candidate.beginning).state(), longer, candidate.logProbability));
      }
    }
    beginnings = next;
    found.sort(BEST_FIRST);
  }

  private Hypothesis hypothesis(List<Integer> tokens, double logProbability, boolean ended) {
    return new Hypothesis(tokens, logProbability, search.score(logProbability, length), ended);
  }

  List<Hypothesis> best() {
    List<Hypothesis> all = found;
    if (found.isEmpty()) {
      all =
          beginnings.stream()
              .map(each -> hypothesis(each.tokens, each.logProbability, false))
              .toList();
    }
    return all.subList(0, Math.min(search.width(), all.size()));
  }
}
