package dev.kiln.cli;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What a model says of a sample.
 *
 * @param sample the sample
 * @param output the probability of each class, or the values predicted
 */
record Prediction(Sample sample, float[] output) {

  /** Returns the classes, the most probable first. */
  private List<Integer> ranked() {
    return IntStream.range(0, output.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer label) -> -output[label]))
        .toList();
  }

  /**
   * Returns the prediction for people.
   *
   * @param most how many classes to show
   */
  String render(ModelDescription model, int most) {
    StringBuilder text = new StringBuilder(sample.name()).append(": ");
    if (!model.isClassifier()) {
      text.append(Arrays.toString(model.raw(output)));
      sample.truth().ifPresent(truth -> text.append(", truly ").append(model.raw((float) truth)));
      return text.append(System.lineSeparator()).toString();
    }
    List<Integer> ranked = ranked();
    text.append(model.classes().get(ranked.getFirst()));
    sample
        .truth()
        .ifPresent(truth -> text.append(", truly ").append(model.classes().get((int) truth)));
    text.append(System.lineSeparator());
    for (int label : ranked.subList(0, Math.min(most, ranked.size()))) {
      text.append(
          "  %s  %s%n".formatted(Numbers.metric(output[label]), model.classes().get(label)));
    }
    return text.toString();
  }

  /** Returns the prediction for programs. */
  Map<String, Object> toMap(ModelDescription model) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("sample", sample.name());
    if (!model.isClassifier()) {
      values.put("values", model.raw(output));
      sample.truth().ifPresent(truth -> values.put("truth", model.raw((float) truth)));
      return values;
    }
    values.put("class", model.classes().get(ranked().getFirst()));
    sample.truth().ifPresent(truth -> values.put("truth", model.classes().get((int) truth)));
    Map<String, Object> probabilities = new LinkedHashMap<>();
    for (int label = 0; label < output.length; label++) {
      probabilities.put(model.classes().get(label), output[label]);
    }
    values.put("probabilities", probabilities);
    return values;
  }
}
