package dev.kiln.models.explain;

import dev.kiln.backend.Backend;
import dev.kiln.models.NearestName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * An example worked through step by step. Every number in it was computed by the framework on a
 * backend, in double precision.
 *
 * @param title what is explained
 * @param steps the steps, in order
 */
public record Explanation(String title, List<ExplanationStep> steps) {

  private static final int LINE = 88;
  private static final Pattern WORDS = Pattern.compile("\\s+");

  private static final Map<String, Function<Backend, Explanation>> EXAMPLES = examples();

  private static Map<String, Function<Backend, Explanation>> examples() {
    Map<String, Function<Backend, Explanation>> examples = new LinkedHashMap<>();
    examples.put("mlp", MultiLayerPerceptronExample::explain);
    examples.put("convolution", ConvolutionExample::explain);
    examples.put("rnn", RecurrentExample::explain);
    examples.put("gru", GruExample::explain);
    examples.put("lstm", LstmExample::explain);
    return examples;
  }

  /** Copies the steps. */
  public Explanation {
    steps = List.copyOf(steps);
  }

  /** Returns what can be explained. */
  public static List<String> names() {
    return List.copyOf(EXAMPLES.keySet());
  }

  /**
   * Computes an example and explains it.
   *
   * @param name one of {@link #names}
   * @param backend what computes it
   * @throws IllegalArgumentException if there is no such example; the message lists those there are
   */
  public static Explanation of(String name, Backend backend) {
    Function<Backend, Explanation> example = EXAMPLES.get(name);
    if (example == null) {
      String suggestion =
          NearestName.of(name, names())
              .map(nearest -> "; did you mean '" + nearest + "'?")
              .orElse("");
      throw new IllegalArgumentException(
          "there is no example '%s'; the examples are %s%s"
              .formatted(name, String.join(", ", names()), suggestion));
    }
    return example.apply(backend);
  }

  /** Returns the explanation as text for a terminal. */
  public String render() {
    List<String> lines = new ArrayList<>(List.of(title, "=".repeat(title.length())));
    for (int i = 0; i < steps.size(); i++) {
      ExplanationStep step = steps.get(i);
      String heading = (i + 1) + ". " + step.title();
      lines.addAll(List.of("", heading, "-".repeat(heading.length())));
      lines.addAll(wrapped(step.text()));
      if (!step.rule().isEmpty()) {
        lines.add("");
        step.rule().lines().forEach(line -> lines.add("    " + line));
      }
      for (Table table : step.tables()) {
        lines.addAll(List.of("", "  " + table.name()));
        table.lines().forEach(line -> lines.add("    " + line));
      }
    }
    return String.join(System.lineSeparator(), lines) + System.lineSeparator();
  }

  /** Breaks a text between words. */
  private static List<String> wrapped(String text) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : WORDS.splitAsStream(text.strip()).toList()) {
      if (line.length() + 1 + word.length() > LINE) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
