package dev.kiln.models.task;

import dev.kiln.metrics.Probabilities;
import dev.kiln.models.Numbers;
import dev.kiln.tensor.Tensor;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How probable each class is.
 *
 * @param sample the name of the sample
 * @param truth its class, where it is known
 * @param classes the names of the classes
 * @param probabilities the probability of each
 */
record ClassPrediction(
    String sample, Optional<String> truth, List<String> classes, float[] probabilities)
    implements Prediction {

  /** Returns the prediction that logits [1, classes] make. */
  static ClassPrediction of(Sample sample, List<String> classes, Tensor logits) {
    return new ClassPrediction(
        sample.name(),
        sample.truth().map(label -> classes.get((int) label.get(0))),
        classes,
        Probabilities.ofLogits(logits.toFloatArray(), classes.size()));
  }

  /** Returns the classes, the most probable first. */
  private List<Integer> ranked() {
    return IntStream.range(0, probabilities.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer label) -> -probabilities[label]))
        .toList();
  }

  @Override
  public String render(int most) {
    StringBuilder text = new StringBuilder(sample).append(": ");
    List<Integer> ranked = ranked();
    text.append(classes.get(ranked.getFirst()));
    truth.ifPresent(name -> text.append(", truly ").append(name));
    text.append(System.lineSeparator());
    for (int label : ranked.subList(0, Math.min(most, ranked.size()))) {
      text.append("  %s  %s%n".formatted(Numbers.metric(probabilities[label]), classes.get(label)));
    }
    return text.toString();
  }

  @Override
  public Map<String, Object> toMap() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("sample", sample);
    values.put("class", classes.get(ranked().getFirst()));
    truth.ifPresent(name -> values.put("truth", name));
    Map<String, Object> each = new LinkedHashMap<>();
    for (int label = 0; label < probabilities.length; label++) {
      each.put(classes.get(label), probabilities[label]);
    }
    values.put("probabilities", each);
    return values;
  }
}
