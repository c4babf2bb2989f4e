package dev.kiln.cli;

import dev.kiln.backend.Backend;
import dev.kiln.datasets.LoadedDataset;
import dev.kiln.evaluation.Decision;
import dev.kiln.evaluation.Examination;
import dev.kiln.evaluation.Outputs;
import dev.kiln.metrics.DeLongTest;
import dev.kiln.metrics.McNemarTest;
import dev.kiln.metrics.WilcoxonTest;
import dev.kiln.models.Numbers;
import dev.kiln.report.ComparedRun;
import dev.kiln.report.Comparison;
import dev.kiln.report.MeasuredMetric;
import dev.kiln.report.PairTest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Runs examined on the same samples.
 *
 * @param data the name of the data set
 * @param part the name of its part
 * @param comparison what came of it
 */
record RunComparison(String data, String part, Comparison comparison) {

  /** DeLong's test needs as many samples of each class. */
  private static final int FEWEST_OF_A_CLASS = 2;

  /** One run with what it said of every sample. */
  private record Examined(ComparedRun run, Outputs outputs) {}

  /**
   * Examines runs.
   *
   * @param runs the runs as they were named
   * @param checkpoints the weights of each
   * @param part which samples
   * @param backend what computes
   * @param batch how many samples are computed at once
   * @param watched where it is shown how far it has come
   * @throws UsageException if they do not all predict the same of the same samples
   */
  static RunComparison of(
      List<Path> runs,
      List<Path> checkpoints,
      PartOptions part,
      Backend backend,
      int batch,
      PrintWriter watched)
      throws IOException {
    List<Examined> all = new ArrayList<>();
    @Nullable LoadedDataset first = null;
    for (int i = 0; i < runs.size(); i++) {
      try (TrainedModel model = TrainedModel.open(checkpoints.get(i), backend)) {
        LoadedDataset data = part.load(model.description(), RunRecord.of(checkpoints.get(i)));
        if (first != null && !first.name().equals(data.name())) {
          throw new UsageException(
              "%s was trained on %s, but %s on %s: name the data to compare them on with --data"
                  .formatted(runs.getFirst(), first.name(), runs.get(i), data.name()));
        }
        first = data;
        String title = String.valueOf(runs.get(i).getFileName());
        try (ExaminationProgress progress = new ExaminationProgress(watched, title)) {
          Examination examination =
              Examination.of(
                  model.learner(),
                  model.description().task(),
                  part.of(data.split()),
                  batch,
                  progress);
          all.add(examined(runs.get(i), RunRecord.of(checkpoints.get(i)), examination));
        }
        checkComparable(all.getFirst(), all.getLast());
      }
    }
    List<ComparedRun> compared = all.stream().map(Examined::run).toList();
    String name = first == null ? "" : first.name();
    String size = compared.getFirst().results().size();
    String subject = "%s, %s part, %s".formatted(name, part.name(), size);
    return new RunComparison(name, part.name(), new Comparison(subject, compared, tests(all)));
  }

  private static Examined examined(Path run, RunRecord record, Examination examination)
      throws IOException {
    int classes = examination.task().classes().size();
    return new Examined(
        new ComparedRun(
            run.normalize().toString(),
            record.configuration(),
            record.history(),
            examination.results(Decision.mostProbable(classes))),
        examination.outputs());
  }

  private static void checkComparable(Examined first, Examined other) {
    boolean same =
        switch (first.outputs) {
          case Outputs.Classes a ->
              other.outputs instanceof Outputs.Classes b && Arrays.equals(a.targets(), b.targets());
          case Outputs.Values a ->
              other.outputs instanceof Outputs.Values b && a.targets().length == b.targets().length;
          case Outputs.Transcriptions a ->
              other.outputs instanceof Outputs.Transcriptions b && words(a).equals(words(b));
          case Outputs.Stretches a ->
              other.outputs instanceof Outputs.Stretches b && texts(a).equals(texts(b));
        };
    if (!same) {
      throw new UsageException(
          "%s and %s do not predict the same of the same samples, so they cannot be compared"
              .formatted(first.run.name(), other.run.name()));
    }
  }

  private static List<PairTest> tests(List<Examined> runs) {
    List<PairTest> tests = new ArrayList<>();
    for (int i = 0; i < runs.size(); i++) {
      for (int j = i + 1; j < runs.size(); j++) {
        tests.add(test(runs.get(i), runs.get(j)));
      }
    }
    return tests;
  }

  /** Samples that are right or wrong by McNemar's test, errors of some size by Wilcoxon's. */
  private static PairTest test(Examined one, Examined two) {
    String first = one.run.name();
    String second = two.run.name();
    return switch (one.outputs) {
      case Outputs.Classes a -> {
        Outputs.Classes b = (Outputs.Classes) two.outputs;
        McNemarTest errors = McNemarTest.of(a.targets(), predictions(a), predictions(b));
        yield PairTest.ofRight(first, second, errors, deLong(a, b));
      }
      case Outputs.Transcriptions a -> {
        Outputs.Transcriptions b = (Outputs.Transcriptions) two.outputs;
        McNemarTest errors =
            McNemarTest.ofRight(
                a.words().size(),
                row -> a.words().get(row).isRight(),
                row -> b.words().get(row).isRight());
        yield PairTest.ofRight(first, second, errors, Optional.empty());
      }
      case Outputs.Values a ->
          PairTest.ofErrors(
              first,
              second,
              WilcoxonTest.of(a.distances(), ((Outputs.Values) two.outputs).distances()));
      case Outputs.Stretches a ->
          PairTest.ofErrors(
              first, second, WilcoxonTest.of(bits(a), bits((Outputs.Stretches) two.outputs)));
    };
  }

  private static List<String> words(Outputs.Transcriptions outputs) {
    return outputs.words().stream().map(Outputs.Transcription::word).toList();
  }

  private static List<String> texts(Outputs.Stretches outputs) {
    return outputs.stretches().stream().map(Outputs.Stretch::text).toList();
  }

  private static double[] bits(Outputs.Stretches outputs) {
    return outputs.stretches().stream().mapToDouble(Outputs.Stretch::bitsPerCharacter).toArray();
  }

  private static int[] predictions(Outputs.Classes outputs) {
    Decision decision = Decision.mostProbable(outputs.classes());
    return IntStream.range(0, outputs.size()).map(i -> decision.predicted(outputs, i)).toArray();
  }

  private static Optional<DeLongTest> deLong(Outputs.Classes a, Outputs.Classes b) {
    int positives = Arrays.stream(a.targets()).sum();
    boolean defined =
        a.classes() == 2
            && positives >= FEWEST_OF_A_CLASS
            && a.size() - positives >= FEWEST_OF_A_CLASS;
    return defined
        ? Optional.of(DeLongTest.of(a.targets(), scores(a), scores(b)))
        : Optional.empty();
  }

  private static double[] scores(Outputs.Classes outputs) {
    return IntStream.range(0, outputs.size()).mapToDouble(i -> outputs.probability(i, 1)).toArray();
  }

  /** Returns the comparison for people. */
  String render() {
    List<ComparedRun> runs = comparison.runs();
    TextTable table = new TextTable();
    table.row("", runs.stream().map(ComparedRun::name).toList());
    table.row("", List.of());
    for (String key : comparison.keys()) {
      table.row(
          (comparison.differs(key) ? "* " : "  ") + key,
          runs.stream().map(run -> run.configuration().getOrDefault(key, "")).toList());
    }
    table.row("", List.of());
    table.row("  loss", runs.stream().map(run -> Numbers.metric(run.results().loss())).toList());
    for (MeasuredMetric shown : runs.getFirst().results().metrics()) {
      table.row(
          "  " + shown.metric(),
          runs.stream()
              .flatMap(run -> run.results().metrics().stream())
              .filter(measured -> measured.metric() == shown.metric())
              .map(RunComparison::text)
              .toList());
    }
    StringBuilder text = new StringBuilder();
    text.append(comparison.subject()).append(System.lineSeparator());
    text.append(System.lineSeparator()).append(table.render());
    for (PairTest test : comparison.tests()) {
      text.append(System.lineSeparator()).append(text(test));
    }
    return text.append("%n* differs, [ ] 95%% interval%n".formatted()).toString();
  }

  private static String text(MeasuredMetric measured) {
    return Numbers.metric(measured.value())
        + measured
            .interval()
            .map(range -> String.format(Locale.ROOT, " [%.4f, %.4f]", range.lower(), range.upper()))
            .orElse("");
  }

  private static String probability(double p) {
    return p < 0.0001 ? "< 0.0001" : String.format(Locale.ROOT, "= %.4f", p);
  }

  private static String text(PairTest test) {
    StringBuilder text = new StringBuilder();
    text.append("%s against %s%n".formatted(test.first(), test.second()));
    test.mcNemar()
        .ifPresent(rights ->
            text.append(
                String.format(
                    Locale.ROOT,
                    "  McNemar  p %s: %,d samples only the first has right, %,d only the"
                        + " second%n",
                    probability(rights.pValue()),
                    rights.onlyFirstRight(),
                    rights.onlySecondRight())));
    test.deLong()
        .ifPresent(areas ->
            text.append(
                String.format(
                    Locale.ROOT,
                    "  DeLong   p %s: ROC areas %.4f and %.4f%n",
                    probability(areas.pValue()),
                    areas.firstArea(),
                    areas.secondArea())));
    test.wilcoxon()
        .ifPresent(errors ->
            text.append(
                String.format(
                    Locale.ROOT,
                    "  Wilcoxon p %s: %,d samples on which the first is nearer to the truth,"
                        + " %,d the second%n",
                    probability(errors.pValue()),
                    errors.firstLower(),
                    errors.secondLower())));
    return text.toString();
  }

  /** Returns the comparison for programs. */
  Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("data", data);
    values.put("part", part);
    values.put("samples", comparison.runs().getFirst().results().rows());
    values.put("runs", comparison.runs().stream().map(RunComparison::toMap).toList());
    values.put("differences", comparison.keys().stream().filter(comparison::differs).toList());
    values.put("tests", comparison.tests().stream().map(PairTest::toMap).toList());
    return values;
  }

  private static Map<String, @Nullable Object> toMap(ComparedRun run) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("name", run.name());
    values.put("configuration", run.configuration());
    values.put("loss", run.results().loss());
    values.put("metrics", run.results().metrics().stream().map(MeasuredMetric::toMap).toList());
    return values;
  }
}
