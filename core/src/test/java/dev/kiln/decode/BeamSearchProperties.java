package dev.kiln.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/** The beam search against the enumeration of every sequence of a tiny alphabet. */
class BeamSearchProperties {

  private static final BeamSearch.Marks MARKS = new BeamSearch.Marks(0, 1);

  /** Any beginning, by its tokens after the mark of the beginning. */
  private record Path(List<Integer> tokens, double logProbability) {

    Stream<Path> longer(RandomTokenModel model) {
      List<Integer> read = new ArrayList<>(List.of(MARKS.begin()));
      read.addAll(tokens);
      float[] logs = model.logProbabilities(read);
      return Stream.iterate(0, token -> token < model.tokens(), token -> token + 1)
          .map(token -> new Path(appended(token), logProbability + logs[token]));
    }

    private List<Integer> appended(int token) {
      List<Integer> longer = new ArrayList<>(tokens);
      longer.add(token);
      return longer;
    }

    boolean ends() {
      return !tokens.isEmpty() && tokens.getLast() == MARKS.end();
    }
  }

  /**
   * The definition, without a thought of time: all lengths, the best paths of each followed, all
   * that end ranked in the end.
   */
  private static List<Hypothesis> defined(RandomTokenModel model, BeamSearch search) {
    List<Path> followed = List.of(new Path(List.of(), 0));
    List<Path> ended = new ArrayList<>();
    for (int length = 1; length <= search.longest(); length++) {
      List<Path> best =
          followed.stream()
              .flatMap(path -> path.longer(model))
              .sorted(Comparator.comparingDouble(path -> -path.logProbability))
              .limit(search.width())
              .toList();
      best.stream().filter(Path::ends).forEach(ended::add);
      followed = best.stream().filter(path -> !path.ends()).toList();
    }
    boolean any = !ended.isEmpty();
    return (any ? ended : followed)
        .stream()
            .map(path ->
                new Hypothesis(
                    any ? path.tokens.subList(0, path.tokens.size() - 1) : path.tokens,
                    path.logProbability,
                    path.logProbability / Math.pow(path.tokens.size(), search.normalization()),
                    any))
            .sorted(Comparator.comparingDouble(found -> -found.score()))
            .limit(search.width())
            .toList();
  }

  private static List<Hypothesis> search(RandomTokenModel model, BeamSearch search) {
    return search.search(model, List.of(List.of()), MARKS).getFirst();
  }

  @Property(tries = 200)
  void aBeamAsWideAsThereAreSequencesFindsTheBestOfAll(
      @ForAll long seed,
      @ForAll @IntRange(min = 3, max = 4) int tokens,
      @ForAll @IntRange(min = 1, max = 4) int longest,
      @ForAll @DoubleRange(min = 0, max = 2) double normalization) {
    RandomTokenModel model = new RandomTokenModel(tokens, seed);
    int all = (int) Math.pow(tokens, longest);
    List<Hypothesis> best = search(model, new BeamSearch(all, normalization, longest));
    List<Hypothesis> expected = defined(model, new BeamSearch(all, normalization, longest));
    assertSame(best, expected);
    int ended = 0;
    for (int length = 0, paths = 1; length < longest; length++, paths *= tokens - 1) {
      ended += paths;
    }
    assertThat(best).as("every sequence that ends").hasSize(ended);
  }

  @Property(tries = 300)
  void aNarrowBeamFindsWhatItsDefinitionSays(
      @ForAll long seed,
      @ForAll @IntRange(min = 2, max = 6) int tokens,
      @ForAll @IntRange(min = 1, max = 7) int width,
      @ForAll @IntRange(min = 1, max = 12) int longest,
      @ForAll @DoubleRange(min = 0, max = 2) double normalization) {
    RandomTokenModel model = new RandomTokenModel(tokens, seed);
    BeamSearch search = new BeamSearch(width, normalization, longest);
    List<Hypothesis> expected = defined(model, search);
    List<Hypothesis> found = search(model, search);
    // It may stop early, so that only the ranks that count are those of the definition.
    assertSame(found, expected.subList(0, found.size()));
    assertThat(found).hasSizeLessThanOrEqualTo(width).isNotEmpty();
  }

  private static void assertSame(List<Hypothesis> actual, List<Hypothesis> expected) {
    assertThat(actual.stream().map(Hypothesis::tokens))
        .containsExactlyElementsOf(expected.stream().map(Hypothesis::tokens).toList());
    for (int i = 0; i < actual.size(); i++) {
      assertThat(actual.get(i).logProbability())
          .isCloseTo(expected.get(i).logProbability(), within(1e-9));
      assertThat(actual.get(i).score()).isCloseTo(expected.get(i).score(), within(1e-9));
      assertThat(actual.get(i).ended()).isEqualTo(expected.get(i).ended());
    }
  }

  @Property(tries = 100)
  void aBeamOfOneIsTheGreedyChoice(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 6) int tokens) {
    RandomTokenModel model = new RandomTokenModel(tokens, seed);
    Hypothesis found = search(model, BeamSearch.greedy(20)).getFirst();
    Continuation<List<Integer>> greedy =
        new Continuation<>(model, List.of(), new int[] {MARKS.begin()}, TokenChoice.greedy());
    List<Integer> chosen = new ArrayList<>();
    for (int token = greedy.nextInt();
        token != MARKS.end() && chosen.size() < 20;
        token = greedy.nextInt()) {
      chosen.add(token);
    }
    assertThat(found.tokens()).isEqualTo(chosen);
    assertThat(found.ended()).isEqualTo(chosen.size() < 20);
  }

  @Property(tries = 50)
  void manyStartsTogetherFindWhatEachFindsAlone(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int width) {
    RandomTokenModel model = new RandomTokenModel(4, seed);
    BeamSearch search = new BeamSearch(width, 0.7, 8);
    List<List<Integer>> starts = List.of(List.of(), List.of(2), List.of(3, 3), List.of(2, 2, 3));
    assertThat(search.search(model, starts, MARKS))
        .isEqualTo(
            starts.stream()
                .map(start -> search.search(model, List.of(start), MARKS).getFirst())
                .toList());
  }

  @Example
  void lengthNormalizationPrefersTheLongerSequence() {
    // "end" at once has probability 0.4; "2 end" has 0.6 * 0.6.
    TokenModel<List<Integer>> model =
        new TokenModel<>() {
          @Override
          public int tokens() {
            return 3;
          }

          @Override
          public List<Reading<List<Integer>>> read(List<List<Integer>> states, int[] read) {
            List<Reading<List<Integer>>> readings = new ArrayList<>();
            for (int token : read) {
              readings.add(
                  new Reading<>(
                      List.of(token), token == 0 ? logs(1e-9, 0.4, 0.6) : logs(1e-9, 0.6, 0.4)));
            }
            return readings;
          }
        };
    List<List<Integer>> start = List.of(List.of());
    assertThat(new BeamSearch(3, 0, 5).search(model, start, MARKS).getFirst().getFirst().tokens())
        .isEmpty();
    assertThat(new BeamSearch(3, 1, 5).search(model, start, MARKS).getFirst().getFirst().tokens())
        .isNotEmpty();
  }

  private static float[] logs(double... probabilities) {
    float[] logs = new float[probabilities.length];
    for (int i = 0; i < logs.length; i++) {
      logs[i] = (float) Math.log(probabilities[i]);
    }
    return logs;
  }

  @Example
  void settingsThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> new BeamSearch(0, 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0, 1 and 0.0");
    assertThatThrownBy(() -> new BeamSearch(1, Double.NaN, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> BeamSearch.greedy(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Example
  void aProbabilityThatIsNotANumberIsReported() {
    TokenModel.Reading<List<Integer>> broken =
        new TokenModel.Reading<>(List.of(), new float[] {0, Float.NaN});
    assertThatThrownBy(() -> TokenChoice.greedy().choose(broken, 0))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("token 1 is not a number");
  }
}
