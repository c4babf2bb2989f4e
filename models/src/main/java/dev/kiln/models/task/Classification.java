package dev.kiln.models.task;

import dev.kiln.data.Dataset;
import dev.kiln.data.InvalidDataException;
import dev.kiln.data.Normalize;
import dev.kiln.metrics.Metric;
import dev.kiln.models.zoo.ModelEntry;
import dev.kiln.nn.Model;
import dev.kiln.nn.Models;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import dev.kiln.train.Learner;
import dev.kiln.train.Scorer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * To tell the class of an image or of a row of features.
 *
 * @param input the shape of a sample, such as [1, 28, 28]
 * @param classes the names of the classes
 * @param normalization what is applied to raw samples
 * @param white what a white pixel is in a raw sample of an image
 */
public record Classification(
    List<Integer> input, List<String> classes, Normalize normalization, double white)
    implements Task {

  /** Copies the lists. */
  public Classification {
    input = List.copyOf(input);
    classes = List.copyOf(classes);
  }

  /** Returns the task of a data set of images scaled to [0, 1], or of features. */
  public static Classification of(Dataset train, Normalize normalization) {
    return new Classification(
        train.features().shape().dims(), train.classNames(), normalization, 1);
  }

  /** Returns this task with images whose white pixels have another value. */
  public Classification withWhite(double value) {
    return new Classification(input, classes, normalization, value);
  }

  private TensorType features() {
    return TensorType.of(DType.F32, new Shape(input));
  }

  @Override
  public List<TensorType> sample() {
    return List.of(features(), TensorType.of(DType.I64));
  }

  @Override
  public Model build(ModelEntry entry) {
    return Models.classifier(entry.build(new Shape(input), classes.size()));
  }

  @Override
  public String describe() {
    return "%s in one of %d classes".formatted(features(), classes.size());
  }

  @Override
  public List<Metric> metrics() {
    return List.of(Metric.ACCURACY);
  }

  @Override
  public Scorer scorer() {
    return Scorer.ofClasses();
  }

  @Override
  public void checkFits(Task other, String data) {
    if (!(other instanceof Classification images) || !images.input.equals(input)) {
      throw new IllegalArgumentException(
          "the model takes samples %s, but those of %s are %s"
              .formatted(describe(), data, other.describe()));
    }
    if (images.classes.size() != classes.size()) {
      throw new IllegalArgumentException(
          "the model tells %d classes apart, but %s has %d"
              .formatted(classes.size(), data, images.classes.size()));
    }
  }

  @Override
  public boolean hasAlternatives() {
    return true;
  }

  @Override
  public List<Sample> read(String argument, UnknownCharacters unknown) throws IOException {
    Path file = Path.of(argument);
    List<Sample> samples = new ArrayList<>();
    for (FeatureFile.Row row : new FeatureFile(file, input, normalization, white).read()) {
      Optional<Tensor> truth = Optional.empty();
      if (row.label().isPresent()) {
        truth = Optional.of(label(file, row));
      }
      samples.add(row.sample(truth, TensorType.of(DType.I64, 1)));
    }
    return samples;
  }

  private Tensor label(Path file, FeatureFile.Row row) throws InvalidDataException {
    double value = row.label().getAsDouble();
    if (value != Math.rint(value) || value < 0 || value >= classes.size()) {
      throw new InvalidDataException(
          file,
          "line %d has label %s, but the %d classes are 0 to %d"
              .formatted(row.line(), value, classes.size(), classes.size() - 1));
    }
    Tensor label = Tensor.allocate(TensorType.of(DType.I64, 1));
    label.set(0, value);
    return label;
  }

  @Override
  public Prediction predict(Learner learner, Sample sample) {
    return ClassPrediction.of(sample, classes, learner.evaluate(sample.fields()).predictions());
  }
}
