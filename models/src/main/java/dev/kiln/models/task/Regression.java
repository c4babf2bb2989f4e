package dev.kiln.models.task;

import dev.kiln.data.Dataset;
import dev.kiln.data.Normalize;
import dev.kiln.metrics.Metric;
import dev.kiln.models.zoo.ModelEntry;
import dev.kiln.nn.Model;
import dev.kiln.nn.Models;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import dev.kiln.train.Learner;
import dev.kiln.train.Scorer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * To predict values from features, such as the next value of a series from those before.
 *
 * @param input the shape of a sample, such as [52, 1]
 * @param target the shape of what is predicted, such as [1]
 * @param normalization what is applied to raw samples and to what is predicted
 */
public record Regression(List<Integer> input, List<Integer> target, Normalize normalization)
    implements Task {

  /** Copies the lists. */
  public Regression {
    input = List.copyOf(input);
    target = List.copyOf(target);
  }

  /** Returns the task of a data set whose features and targets were normalized alike. */
  public static Regression of(Dataset train, Normalize normalization) {
    return new Regression(
        train.features().shape().dims(), train.target().shape().dims(), normalization);
  }

  private TensorType features() {
    return TensorType.of(DType.F32, new Shape(input));
  }

  @Override
  public List<TensorType> sample() {
    return List.of(features(), TensorType.of(DType.F32, new Shape(target)));
  }

  @Override
  public Model build(ModelEntry entry) {
    int outputs = Math.toIntExact(new Shape(target).elements());
    return Models.regressor(entry.build(new Shape(input), outputs));
  }

  @Override
  public String describe() {
    return features() + " with a value to predict";
  }

  @Override
  public List<Metric> metrics() {
    return List.of();
  }

  @Override
  public Scorer scorer() {
    return Scorer.ofValues();
  }

  @Override
  public void checkFits(Task other, String data) {
    if (!(other instanceof Regression values) || !values.sample().equals(sample())) {
      throw new IllegalArgumentException(
          "the model takes samples %s, but those of %s are %s"
              .formatted(describe(), data, other.describe()));
    }
  }

  @Override
  public boolean hasAlternatives() {
    return false;
  }

  @Override
  public List<Sample> read(String argument, UnknownCharacters unknown) throws IOException {
    TensorType oneTarget = Sample.batch(sample(), 1).get(1);
    List<Sample> samples = new ArrayList<>();
    for (FeatureFile.Row row : new FeatureFile(Path.of(argument), input, normalization, 1).read()) {
      samples.add(row.sample(Optional.empty(), oneTarget));
    }
    return samples;
  }

  @Override
  public Prediction predict(Learner learner, Sample sample) {
    float[] values = learner.evaluate(sample.fields()).predictions().toFloatArray();
    return new ValuePrediction(
        sample.name(), sample.truth().map(known -> raw(known.toFloatArray())), raw(values));
  }

  /** Returns normalized values in the unit of the data. */
  public float[] raw(float[] normal) {
    float[] raw = new float[normal.length];
    for (int i = 0; i < raw.length; i++) {
      raw[i] = normal[i] * normalization.deviation().getFirst() + normalization.mean().getFirst();
    }
    return raw;
  }
}
