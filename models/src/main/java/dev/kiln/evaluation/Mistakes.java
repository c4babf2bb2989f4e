package dev.kiln.evaluation;

import dev.kiln.data.Dataset;
import dev.kiln.models.task.Task;
import dev.kiln.report.Exhibit;
import dev.kiln.report.Mistake;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Finds the samples that a model has most wrong. */
final class Mistakes {

  /** How many are shown. */
  private static final int MOST = 24;

  private final Exhibits exhibits;
  private final List<String> classes;

  Mistakes(Task task, Dataset data) {
    this.exhibits = new Exhibits(task, data);
    this.classes = task.classes();
  }

  /** Returns the wrong samples with the least probability for the truth. */
  List<Mistake> worst(Outputs.Classes outputs, Decision decision) {
    return wrong(outputs, decision, i -> outputs.probability(i, outputs.targets()[i]));
  }

  /** Returns the wrong samples with the most probability for what is said. */
  List<Mistake> confident(Outputs.Classes outputs, Decision decision) {
    return wrong(outputs, decision, i -> -outputs.probability(i, decision.predicted(outputs, i)));
  }

  private List<Mistake> wrong(
      Outputs.Classes outputs, Decision decision, ToDoubleFunction<Integer> order) {
    return IntStream.range(0, outputs.size())
        .filter(i -> decision.predicted(outputs, i) != outputs.targets()[i])
        .boxed()
        .sorted(Comparator.comparingDouble(order))
        .limit(MOST)
        .map(i -> mistake(outputs, decision, i))
        .toList();
  }

  private Mistake mistake(Outputs.Classes outputs, Decision decision, int i) {
    int truth = outputs.targets()[i];
    int said = decision.predicted(outputs, i);
    double confidence = outputs.probability(i, said);
    return new Mistake(
        "sample " + i,
        exhibits.of(i),
        classes.get(truth),
        classes.get(said),
        String.format(
            Locale.ROOT,
            "%s for what it said, %s for the truth",
            percent(confidence),
            percent(outputs.probability(i, truth))),
        confidence);
  }

  /** Returns the samples whose predicted values lie furthest from the true ones. */
  List<Mistake> furthest(Outputs.Values outputs) {
    double[] distances = outputs.distances();
    return IntStream.range(0, outputs.size())
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -distances[i]))
        .limit(MOST)
        .map(i ->
            new Mistake(
                "sample " + i,
                exhibits.of(i),
                text(outputs.targets(), i, outputs.width()),
                text(outputs.predictions(), i, outputs.width()),
                String.format(Locale.ROOT, "off by %.5g", distances[i]),
                null))
        .toList();
  }

  /** Returns the words with the most wrong signs, of equals those with the shorter truth. */
  List<Mistake> worst(Outputs.Transcriptions outputs) {
    return wrong(
        outputs,
        Comparator.comparingInt((Outputs.Transcription word) -> -word.edits())
            .thenComparingInt(word -> word.truth().length()));
  }

  /** Returns the wrong words with the most probability for what was written. */
  List<Mistake> confident(Outputs.Transcriptions outputs) {
    return wrong(outputs, Comparator.comparingDouble(word -> -word.probability()));
  }

  private static List<Mistake> wrong(
      Outputs.Transcriptions outputs, Comparator<Outputs.Transcription> order) {
    return outputs.words().stream()
        .filter(word -> !word.isRight())
        .sorted(order)
        .limit(MOST)
        .map(word ->
            new Mistake(
                "",
                new Exhibit.Text(word.word()),
                word.truth(),
                word.said(),
                "%d %s, %s for what it said"
                    .formatted(
                        word.edits(),
                        word.edits() == 1 ? "edit" : "edits",
                        percent(word.probability())),
                word.probability()))
        .toList();
  }

  /** Returns the stretches whose characters were foreseen worst. */
  List<Mistake> worst(Outputs.Stretches outputs) {
    return stretches(outputs, Comparator.comparingDouble(i -> -bits(outputs, i)));
  }

  /** Returns the stretches whose characters were foreseen best. */
  List<Mistake> best(Outputs.Stretches outputs) {
    return stretches(outputs, Comparator.comparingDouble(i -> bits(outputs, i)));
  }

  private static double bits(Outputs.Stretches outputs, int i) {
    return outputs.stretches().get(i).bitsPerCharacter();
  }

  private static List<Mistake> stretches(Outputs.Stretches outputs, Comparator<Integer> order) {
    return IntStream.range(0, outputs.stretches().size())
        .boxed()
        .sorted(order)
        .limit(MOST)
        .map(i ->
            new Mistake(
                "stretch " + i,
                new Exhibit.Text(outputs.stretches().get(i).text()),
                null,
                null,
                String.format(Locale.ROOT, "%.3f bits per character", bits(outputs, i)),
                null))
        .toList();
  }

  private static String text(double[] values, int i, int width) {
    return Exhibits.numbers(
        IntStream.range(i * width, (i + 1) * width).mapToDouble(k -> values[k]).toArray());
  }

  private static String percent(double share) {
    return String.format(
        Locale.ROOT, share > 0.0005 && share < 0.9995 ? "%.1f%%" : "%.3g%%", 100 * share);
  }
}
