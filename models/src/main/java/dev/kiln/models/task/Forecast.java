package dev.kiln.models.task;

import dev.kiln.data.DataSplit;
import dev.kiln.data.Dataset;
import dev.kiln.data.Gaps;
import dev.kiln.data.InvalidDataException;
import dev.kiln.graph.Ops;
import dev.kiln.metrics.Metric;
import dev.kiln.models.zoo.ModelEntry;
import dev.kiln.nn.Layer;
import dev.kiln.nn.Model;
import dev.kiln.nn.Outcome;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import dev.kiln.train.Learner;
import dev.kiln.train.Scorer;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * To continue a time series by several steps at once. In the network values are measured from the
 * last one that is seen, since most series leave the range they had in training.
 *
 * @param window how many steps a network sees
 * @param horizon how many steps it predicts
 * @param season after how many steps the series about repeats, at most the window
 * @param mean the mean of the values in training
 * @param deviation their standard deviation
 * @param gaps what is done about missing values
 * @param missing how many values were missing in the series it was trained on
 */
public record Forecast(
    int window, int horizon, int season, double mean, double deviation, Gaps gaps, int missing)
    implements Task {

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if a size is below 1 or the season longer than the window
   */
  public Forecast {
    if (window < 1 || horizon < 1 || season < 1 || season > window) {
      throw new IllegalArgumentException(
          "a forecast needs a window and a horizon of at least 1 and a season in the window, but they are %d, %d and %d"
              .formatted(window, horizon, season));
    }
  }

  /** Returns a value as networks take it. */
  public float normal(double value) {
    return (float) ((value - mean) / deviation);
  }

  private double raw(double normal) {
    return normal * deviation + mean;
  }

  /** Returns values of the network in the unit of the series. */
  public float[] raw(float[] normal) {
    float[] raw = new float[normal.length];
    for (int i = 0; i < raw.length; i++) {
      raw[i] = (float) raw(normal[i]);
    }
    return raw;
  }

  @Override
  public List<TensorType> sample() {
    return List.of(TensorType.of(DType.F32, window, 1), TensorType.of(DType.F32, horizon));
  }

  @Override
  public Model build(ModelEntry entry) {
    Layer network = entry.build(Shape.of(window, 1), horizon);
    return (scope, batch) -> {
      Ops ops = scope.ops();
      Value x = batch.getFirst();
      Value last = ops.slice(x, 1, window - 1, window);
      Value change = scope.child("network", network, ops.sub(x, last));
      // [N,horizon] + [N,1]
      Value predictions = ops.add(change, ops.reshape(last, x.shape().dim(0), 1));
      return new Outcome(ops.meanSquaredError(predictions, batch.get(1)), predictions);
    };
  }

  @Override
  public String describe() {
    String steps = "%d steps with the %d that follow".formatted(window, horizon);
    return missing == 0 ? steps : steps + "; " + said(missing);
  }

  @Override
  public List<Metric> metrics() {
    return List.of(Metric.MAE, Metric.RMSE);
  }

  /** Judges in the unit of the series, all steps of the horizon alike. */
  @Override
  public Scorer scorer() {
    return new ForecastScorer(this::raw);
  }

  @Override
  public List<Baseline> baselines(DataSplit data, Dataset part) {
    ForecastScorer scorer = new ForecastScorer(this::raw);
    for (int i = 0; i < part.size(); i++) {
      List<Tensor> fields = Sample.of("", part, i).fields();
      scorer.add(fields, seasonalNaive(fields.getFirst()));
    }
    return List.of(new Baseline("as %d steps before".formatted(season), scorer.evaluate()));
  }

  /** The values of the last season again, as often as needed (Hyndman, Athanasopoulos 2021). */
  private Tensor seasonalNaive(Tensor seen) {
    Tensor again = Tensor.allocate(TensorType.of(DType.F32, 1, horizon));
    for (int step = 0; step < horizon; step++) {
      again.set(step, seen.get(window - season + step % season));
    }
    return again;
  }

  @Override
  public void checkFits(Task other, String data) {
    if (!(other instanceof Forecast series) || !series.sample().equals(sample())) {
      throw new IllegalArgumentException(
          "the model takes samples %s, but those of %s are %s"
              .formatted(describe(), data, other.describe()));
    }
  }

  @Override
  public boolean hasAlternatives() {
    return false;
  }

  /** Takes a CSV or JSON file with a series, or its numbers themselves, separated by commas. */
  @Override
  public List<Sample> read(String argument, UnknownCharacters unknown) throws IOException {
    SeriesInput input = SeriesInput.read(argument);
    double[] values = input.values();
    if (values.length < window) {
      throw new InvalidDataException(
          input.name(),
          "has %d values, but the model needs the last %d before those it predicts"
              .formatted(values.length, window));
    }
    double[] whole;
    try {
      whole = gaps.filled(values);
    } catch (IllegalArgumentException gap) {
      throw new InvalidDataException(input.name(), String.valueOf(gap.getMessage()), gap);
    }
    Tensor seen = Tensor.allocate(TensorType.of(DType.F32, 1, window, 1));
    for (int i = 0; i < window; i++) {
      seen.set(i, normal(whole[whole.length - window + i]));
    }
    Tensor asked = Tensor.allocate(TensorType.of(DType.F32, 1, horizon));
    int count = Gaps.count(values);
    String name = input.name() + (count == 0 ? "" : "; " + said(count));
    return List.of(new Sample(name, List.of(seen, asked), Optional.empty()));
  }

  /** What was done about missing values, for people. */
  private String said(int count) {
    return switch (gaps) {
      case INTERPOLATE -> "%d missing values are interpolated".formatted(count);
      case CARRY -> "%d missing values are the one before".formatted(count);
      case REFUSE -> "no value is missing";
    };
  }

  @Override
  public Prediction predict(Learner learner, Sample sample) {
    Tensor seen = sample.fields().getFirst();
    float[] values = learner.evaluate(sample.fields()).predictions().toFloatArray();
    return new ForecastPrediction(
        sample.name(),
        sample.truth().map(known -> raw(known.toFloatArray())),
        raw(values),
        raw(seasonalNaive(seen).toFloatArray()));
  }
}
