package dev.kiln.cpu.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.decode.BeamSearch;
import dev.kiln.decode.Hypothesis;
import dev.kiln.decode.Translator;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.nn.Attention;
import dev.kiln.nn.EncoderDecoder;
import dev.kiln.nn.Mode;
import dev.kiln.nn.Network;
import dev.kiln.nn.Recurrent;
import dev.kiln.op.RecurrentCell;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A translator against the probability that the training graph gives to every possible target. */
class TranslatorTest {

  private static final BeamSearch.Marks MARKS = new BeamSearch.Marks(2, 3);
  private static final int TARGETS = 4;
  private static final int LONGEST = 3;
  private static final List<int[]> SOURCES =
      List.of(new int[] {0, 1, 2}, new int[] {2}, new int[] {1, 1, 0, 2}, new int[] {0, 2});

  static Stream<EncoderDecoder> models() {
    return Stream.of(RecurrentCell.GRU, RecurrentCell.LSTM)
        .flatMap(cell ->
            Stream.of(
                    Optional.<Attention>empty(),
                    Optional.of(new Attention(Attention.Score.GENERAL)),
                    Optional.of(new Attention(Attention.Score.ADDITIVE)))
                .map(look ->
                    new EncoderDecoder(
                        new EncoderDecoder.Encoder(3, 3, new Recurrent(cell, 4, 2, true, 0)),
                        new EncoderDecoder.Decoder(
                            TARGETS, 3, Recurrent.of(cell, 8).withLayers(2), look))));
  }

  /** Every target that ends within the greatest length, without its mark of the end. */
  private static List<List<Integer>> targets() {
    List<List<Integer>> all = new ArrayList<>(List.of(List.of()));
    for (int i = 0; i < all.size(); i++) {
      List<Integer> beginning = all.get(i);
      for (int token = 0; token < TARGETS && beginning.size() < LONGEST - 1; token++) {
        if (token != MARKS.end()) {
          List<Integer> longer = new ArrayList<>(beginning);
          longer.add(token);
          all.add(longer);
        }
      }
    }
    return all;
  }

  /** The logarithm of a target's probability: what the loss of training sums up. */
  private static double logProbability(
      Backend backend, Variables variables, Network network, int[] source, List<Integer> target) {
    int steps = target.size() + 1;
    long[] said = new long[steps];
    long[] read = new long[steps];
    for (int i = 0; i < steps; i++) {
      said[i] = i < target.size() ? target.get(i) : MARKS.end();
      read[i] = i == 0 ? MARKS.begin() : target.get(i - 1);
    }
    long[] tokens = Arrays.stream(source).asLongStream().toArray();
    List<Tensor> fields =
        List.of(
            Tensor.of(Shape.of(1, source.length), tokens),
            Tensor.of(Shape.of(1, steps), said),
            Tensor.of(Shape.of(1), (long) source.length),
            Tensor.of(Shape.of(1, steps), read));
    GraphBuilder graph = new GraphBuilder();
    List<Value> batch = new ArrayList<>();
    fields.forEach(field -> batch.add(graph.input("field" + batch.size(), field.type())));
    Value counter = graph.input("counter", TensorType.of(DType.I64, 2));
    Value loss = network.apply(graph, batch, counter, Mode.INFERENCE).outcome().loss();
    try (Session session = Session.open(backend, graph.build(loss), variables)) {
      for (int i = 0; i < fields.size(); i++) {
        session.feed(batch.get(i), fields.get(i));
      }
      session.run();
      return -steps * session.read(loss).item();
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void theBestTranslationsAreThoseOfTheGreatestProbability(EncoderDecoder model) {
    Network network =
        Network.of(
            model,
            DType.F64,
            List.of(
                TensorType.of(DType.I64, 2, 4),
                TensorType.of(DType.I64, 2, 3),
                TensorType.of(DType.I64, 2),
                TensorType.of(DType.I64, 2, 3)));
    try (Backend backend = Backends.open("reference", 0);
        Variables variables = new Variables(backend);
        // Three rows for four sources, and room for longer ones than there are.
        Translator translator =
            new Translator(backend, network, variables, model, new Translator.Sizes(3, 6))) {
      Tensor parameters = network.initialParameters(5);
      for (long i = 0; i < parameters.elements(); i++) {
        parameters.set(i, 3 * parameters.get(i));
      }
      variables.write(Network.PARAMETERS, parameters);
      BeamSearch wide = new BeamSearch(64, 0.5, LONGEST);
      List<List<Hypothesis>> found = translator.translate(SOURCES, wide, MARKS);
      assertThat(found).hasSameSizeAs(SOURCES);
      for (int i = 0; i < SOURCES.size(); i++) {
        Map<List<Integer>, Double> scores = new LinkedHashMap<>();
        for (List<Integer> target : targets()) {
          double log = logProbability(backend, variables, network, SOURCES.get(i), target);
          scores.put(target, log / Math.sqrt(target.size() + 1.0));
        }
        List<List<Integer>> ranked =
            scores.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .map(Map.Entry::getKey)
                .toList();
        assertThat(found.get(i).stream().map(Hypothesis::tokens))
            .as("source %d", i)
            .containsExactlyElementsOf(ranked);
        for (Hypothesis each : found.get(i)) {
          assertThat(each.score()).isCloseTo(scores.get(each.tokens()), within(1e-5));
        }
      }
      assertThatThrownBy(() -> translator.translate(List.of(new int[0]), wide, MARKS))
          .hasMessageContaining("from 1 to 6 tokens, but has 0");
      assertThatThrownBy(() -> translator.translate(List.of(new int[7]), wide, MARKS))
          .hasMessageContaining("from 1 to 6 tokens, but has 7");
    }
  }
}
