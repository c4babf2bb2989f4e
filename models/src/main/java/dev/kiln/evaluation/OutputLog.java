package dev.kiln.evaluation;

import dev.kiln.data.Batch;
import dev.kiln.metrics.Probabilities;
import dev.kiln.models.task.Classification;
import dev.kiln.models.task.Forecast;
import dev.kiln.models.task.LanguageModelling;
import dev.kiln.models.task.Regression;
import dev.kiln.models.task.Task;
import dev.kiln.models.task.Transcription;
import dev.kiln.models.task.WordClassification;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import java.util.function.UnaryOperator;

/** Keeps what a model says, batch after batch. */
abstract sealed class OutputLog {

  /** Returns an empty log for the samples of a task. */
  static OutputLog of(Task task, int samples) {
    return switch (task) {
      case Classification classes -> new ClassLog(classes.classes().size(), samples);
      case WordClassification words -> new ClassLog(words.classes().size(), samples);
      case Regression values ->
          new ValueLog(values::raw, new Shape(values.target()).elements(), samples);
      case Forecast series -> new ValueLog(series::raw, series.horizon(), samples);
      case LanguageModelling _, Transcription _ -> new NoLog();
    };
  }

  /** Keeps a batch. */
  abstract void add(Batch batch, Tensor predictions);

  /** Returns what was kept. */
  abstract Outputs outputs();

  private static final class ClassLog extends OutputLog {

    private final int classes;
    private final int[] targets;
    private final float[] probabilities;
    private int size;

    ClassLog(int classes, int samples) {
      this.classes = classes;
      this.targets = new int[samples];
      this.probabilities = new float[Math.multiplyExact(samples, classes)];
    }

    @Override
    void add(Batch batch, Tensor predictions) {
      float[] rows = Probabilities.ofLogits(predictions.toFloatArray(), classes);
      System.arraycopy(rows, 0, probabilities, size * classes, rows.length);
      for (int i = 0; i < batch.size(); i++) {
        targets[size++] = (int) batch.targets().get(i);
      }
    }

    @Override
    Outputs outputs() {
      return new Outputs.Classes(targets, probabilities, classes);
    }
  }

  private static final class ValueLog extends OutputLog {

    private final UnaryOperator<float[]> raw;
    private final int width;
    private final double[] targets;
    private final double[] predictions;
    private int size;

    /**
     * Creates a log.
     *
     * @param raw turns values of the network into those of the data
     * @param width how many values a sample has
     */
    ValueLog(UnaryOperator<float[]> raw, long width, int samples) {
      this.raw = raw;
      this.width = Math.toIntExact(width);
      this.targets = new double[Math.multiplyExact(samples, this.width)];
      this.predictions = new double[targets.length];
    }

    @Override
    void add(Batch batch, Tensor predicted) {
      float[] truth = raw.apply(batch.targets().toFloatArray());
      float[] said = raw.apply(predicted.toFloatArray());
      for (int i = 0; i < truth.length; i++) {
        targets[size] = truth[i];
        predictions[size++] = said[i];
      }
    }

    @Override
    Outputs outputs() {
      return new Outputs.Values(targets, predictions, width);
    }
  }

  private static final class NoLog extends OutputLog {

    @Override
    void add(Batch batch, Tensor predictions) {}

    @Override
    Outputs outputs() {
      return new Outputs.None();
    }
  }
}
