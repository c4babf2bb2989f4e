package dev.kiln.evaluation;

import dev.kiln.data.Dataset;
import dev.kiln.data.Normalize;
import dev.kiln.models.task.Classification;
import dev.kiln.models.task.Forecast;
import dev.kiln.models.task.LanguageModelling;
import dev.kiln.models.task.Regression;
import dev.kiln.models.task.Sample;
import dev.kiln.models.task.Task;
import dev.kiln.models.task.Transcription;
import dev.kiln.models.task.WordClassification;
import dev.kiln.report.Exhibit;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;

/** Shows samples of a data set as people see them, images as images. */
final class Exhibits {

  private static final int MOST_NUMBERS = 60;

  private final Task task;
  private final Dataset data;

  Exhibits(Task task, Dataset data) {
    this.task = task;
    this.data = data;
  }

  /** Returns a sample of the data set, as it was before it was normalized. */
  Exhibit of(int index) {
    Sample sample = Sample.of("", data, index);
    Tensor features = sample.fields().getFirst();
    return switch (task) {
      case Classification classes when isImage(classes.input()) ->
          picture(raw(features, classes.normalization()), classes.input(), classes.white());
      case Classification classes ->
          new Exhibit.Text(numbers(raw(features, classes.normalization())));
      case WordClassification words -> new Exhibit.Text(words.spelling(sample));
      case Regression values -> new Exhibit.Text(numbers(raw(features, values.normalization())));
      case Forecast series -> new Exhibit.Text(numbers(rawSeries(series, features)));
      case LanguageModelling _, Transcription _ ->
          throw new IllegalArgumentException("texts are shown as they are, not as samples");
    };
  }

  private static double[] rawSeries(Forecast series, Tensor features) {
    float[] raw = series.raw(features.toFloatArray());
    return Tensor.of(Shape.of(raw.length), raw).toDoubleArray();
  }

  private static boolean isImage(List<Integer> input) {
    return input.size() == 3 && (input.getFirst() == 1 || input.getFirst() == 3);
  }

  /** Undoes a normalization of the channels, which are the first dimension of a sample. */
  private static double[] raw(Tensor features, Normalize normalization) {
    double[] raw = features.toDoubleArray();
    int inner = raw.length / normalization.mean().size();
    for (int i = 0; i < raw.length; i++) {
      int channel = i / inner;
      raw[i] = raw[i] * normalization.deviation().get(channel) + normalization.mean().get(channel);
    }
    return raw;
  }

  private static Exhibit picture(double[] raw, List<Integer> input, double white) {
    int channels = input.get(0);
    int height = input.get(1);
    int width = input.get(2);
    BufferedImage image =
        new BufferedImage(
            width,
            height,
            channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
    for (int channel = 0; channel < channels; channel++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          double value = raw[(channel * height + y) * width + x] / white;
          int level = (int) Math.round(255 * Math.clamp(value, 0, 1));
          image.getRaster().setSample(x, y, channel, level);
        }
      }
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", png);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible); // it is written into memory
    }
    return new Exhibit.Picture(png.toByteArray());
  }

  /** Returns numbers as a list, of many the first. */
  static String numbers(double[] values) {
    String text =
        Arrays.stream(values)
            .limit(MOST_NUMBERS)
            .mapToObj(value -> String.format(Locale.ROOT, "%.5g", value))
            .map(Exhibits::shortened)
            .collect(Collectors.joining(", "));
    return values.length > MOST_NUMBERS ? text + ", ... (%,d)".formatted(values.length) : text;
  }

  /** Drops the zeros at the end of a fraction. */
  private static String shortened(String number) {
    return number.contains(".") && !number.contains("e")
        ? number.replaceAll("0+$", "").replaceAll("\\.$", "")
        : number;
  }
}
