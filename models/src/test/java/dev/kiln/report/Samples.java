package dev.kiln.report;

import dev.kiln.metrics.DeLongTest;
import dev.kiln.metrics.McNemarTest;
import dev.kiln.metrics.MulticlassAccumulator;
import dev.kiln.metrics.RegressionAccumulator;
import dev.kiln.metrics.SequenceAccumulator;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/** Made-up reports, the same every time, with names that would break a page that trusted them. */
final class Samples {

  static final String HOSTILE = "</script><script>document.title='owned'</script> <b>&amp;";

  private Samples() {}

  /** Two classes told apart fairly well, without a threshold. */
  static RunReport twoClasses() {
    return twoClasses(OptionalDouble.empty());
  }

  static RunReport twoClasses(OptionalDouble threshold) {
    Random random = new Random(1);
    MulticlassAccumulator accumulator = MulticlassAccumulator.withCurves(2);
    for (int i = 0; i < 400; i++) {
      int label = random.nextInt(2);
      double logit = random.nextGaussian() * 1.5 + (label == 1 ? 1.2 : -1.2);
      double score = 1 / (1 + Math.exp(-logit));
      accumulator.add(new int[] {label}, new double[][] {{1 - score, score}});
    }
    return report(
        new ClassificationResults(
            List.of("benign " + HOSTILE, "malignant"),
            0.3456,
            accumulator.evaluate(),
            1,
            threshold,
            mistakes(false),
            mistakes(false)));
  }

  /** Ten classes of images. */
  static RunReport images() {
    Random random = new Random(2);
    MulticlassAccumulator accumulator = MulticlassAccumulator.withCurves(10);
    for (int i = 0; i < 3000; i++) {
      int label = random.nextInt(10);
      double[] probabilities = random.doubles(10).map(x -> Math.exp(5 * x)).toArray();
      probabilities[label] += 200 * random.nextDouble();
      double sum = IntStream.range(0, 10).mapToDouble(k -> probabilities[k]).sum();
      IntStream.range(0, 10).forEach(k -> probabilities[k] /= sum);
      accumulator.add(new int[] {label}, new double[][] {probabilities});
    }
    return report(
        new ClassificationResults(
            IntStream.range(0, 10).mapToObj(k -> "class " + k).toList(),
            0.7,
            accumulator.evaluate(),
            0,
            OptionalDouble.empty(),
            mistakes(true),
            mistakes(true)));
  }

  static RunReport numbers() {
    Random random = new Random(3);
    double[] targets = random.doubles(500, 300, 400).toArray();
    double[] predictions =
        IntStream.range(0, 500).mapToDouble(i -> targets[i] + random.nextGaussian()).toArray();
    RegressionAccumulator accumulator = new RegressionAccumulator();
    accumulator.add(targets, predictions);
    return report(
        new RegressionResults(
            0.01, accumulator.evaluate(), targets, predictions, 5, mistakes(false)));
  }

  /** Of a training in fp16 whose loss scale was halved seven times and doubled once. */
  static RunReport scaledGradients() {
    List<Epoch> scaled = new ArrayList<>();
    for (Epoch epoch : history()) {
      long skipped = Math.min(7, 3 * (epoch.number() - 1));
      double scale = Math.scalb(65536.0, (int) (epoch.number() < 20 ? -skipped : 1 - skipped));
      scaled.add(
          new Epoch(
              epoch.number(),
              epoch.learningRate(),
              epoch.training(),
              epoch.validation(),
              epoch.resumed(),
              epoch.seconds(),
              epoch.samplesPerSecond(),
              epoch.best(),
              Optional.of(new GradientScaling(scale, skipped, 150 * epoch.number()))));
    }
    return report(numbers().results(), scaled);
  }

  static RunReport sequences() {
    SequenceAccumulator accumulator = new SequenceAccumulator();
    accumulator.add(new int[] {1, 2, 3}, new int[] {1, 3});
    accumulator.add(new int[] {1, 2}, new int[] {1, 2});
    return report(
        new SequenceResults(
            1.5,
            2,
            "different words",
            accumulator.evaluate(),
            "Hardest and easiest stretches",
            new Gallery("Worst", mistakes(false).subList(0, 1)),
            new Gallery(
                "Easiest",
                List.of(
                    new Mistake(
                        "stretch 7", new Exhibit.Text(HOSTILE), null, null, "1 bit", null)))));
  }

  /** Two runs on the same samples, which differ in their learning rate. */
  static Comparison comparison() {
    Results results = twoClasses().results();
    return new Comparison(
        "breast-cancer, test part, 400 samples",
        List.of(
            new ComparedRun("one", Map.of("lr", "0.1", "model", HOSTILE), history(), results),
            new ComparedRun("two", Map.of("lr", "0.01", "model", HOSTILE), history(), results)),
        List.of(
            PairTest.ofRight(
                "one",
                "two",
                new McNemarTest(3, 9),
                Optional.of(new DeLongTest(0.9, 0.95, 0.001)))));
  }

  private static RunReport report(Results results) {
    return report(results, history());
  }

  private static RunReport report(Results results, List<Epoch> history) {
    Map<String, String> configuration = new LinkedHashMap<>();
    configuration.put("model", "mlp");
    configuration.put("data", "breast-cancer");
    configuration.put("optimizer", "adam");
    configuration.put("lr", "0.001");
    configuration.put("note", HOSTILE);
    return new RunReport(
        "mlp-breast-cancer-20261124-220000",
        "breast-cancer, test part, 400 samples, weights of epoch 17, the best",
        List.of(
            new Facts("Configuration", configuration),
            new Facts("Environment", Map.of("backend", "onednn", "java", "25")),
            new Facts("Time and memory", Map.of("training", "12 s"))),
        new FollowedMetric("loss", "loss"),
        history,
        List.of(
            new LayerRow("0", "Linear(30 -> 64)", "[32, 64]", 1984),
            new LayerRow("1", "RELU", "[32, 64]", 0),
            new LayerRow("2", "Linear(64 -> 2)", "[32, 2]", 130)),
        results);
  }

  static List<Epoch> history() {
    List<Epoch> history = new ArrayList<>();
    for (int i = 1; i <= 30; i++) {
      history.add(
          new Epoch(
              i,
              0.001,
              metrics(1.0 / i, 1 - 0.4 / i),
              metrics(1.1 / i + 0.004 * i, 0.95 - 0.3 / i),
              i == 9,
              0.25,
              12_345,
              i <= 17,
              Optional.empty()));
    }
    return history;
  }

  private static Map<String, Double> metrics(double loss, double accuracy) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("loss", loss);
    metrics.put("accuracy", accuracy);
    return metrics;
  }

  private static List<Mistake> mistakes(boolean pictures) {
    Random random = new Random(4);
    return IntStream.range(0, 12)
        .mapToObj(i ->
            new Mistake(
                "test " + i,
                pictures
                    ? new Exhibit.Picture(png(random))
                    : new Exhibit.Text("radius 17.99, texture 10.38 " + HOSTILE),
                "malignant",
                "benign",
                "3% for the truth, 97% for what it said",
                0.97))
        .toList();
  }

  private static byte[] png(Random random) {
    BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 64; i++) {
      image.getRaster().setSample(i % 8, i / 8, 0, random.nextInt(256));
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", png);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return png.toByteArray();
  }
}
