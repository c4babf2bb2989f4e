package dev.kiln.evaluation;

import dev.kiln.data.Batch;
import dev.kiln.metrics.Probabilities;
import dev.kiln.models.task.Classification;
import dev.kiln.models.task.Forecast;
import dev.kiln.models.task.LanguageModelling;
import dev.kiln.models.task.Regression;
import dev.kiln.models.task.Task;
import dev.kiln.models.task.Transcription;
import dev.kiln.models.task.TranscriptionScorer;
import dev.kiln.models.task.WordClassification;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.train.Scorer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Keeps what a model says, batch after batch. */
abstract sealed class OutputLog {

  /**
   * Returns an empty log.
   *
   * @param task what is predicted
   * @param samples of how many
   * @param scorer what judges the predictions, and may keep what is made of them
   */
  static OutputLog of(Task task, int samples, Scorer scorer) {
    return switch (task) {
      case Classification classes -> new ClassLog(classes.classes().size(), samples);
      case WordClassification words -> new ClassLog(words.classes().size(), samples);
      case Regression values ->
          new ValueLog(values::raw, new Shape(values.target()).elements(), samples);
      case Forecast series -> new ValueLog(series::raw, series.horizon(), samples);
      case LanguageModelling text -> new StretchLog(text);
      case Transcription words -> new TranscriptionLog(words, (TranscriptionScorer) scorer);
    };
  }

  /** Keeps a batch. */
  abstract void add(Batch batch, Tensor predictions);

  /**
   * Returns what was kept.
   *
   * @param progress is told of what takes long
   */
  abstract Outputs outputs(Progress progress);

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
    Outputs outputs(Progress progress) {
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
    Outputs outputs(Progress progress) {
      return new Outputs.Values(targets, predictions, width);
    }
  }

  /** The scorer has the words and searches for their signs. */
  private static final class TranscriptionLog extends OutputLog {

    private final Transcription task;
    private final TranscriptionScorer scorer;

    TranscriptionLog(Transcription task, TranscriptionScorer scorer) {
      this.task = task;
      this.scorer = scorer;
    }

    @Override
    void add(Batch batch, Tensor predictions) {}

    @Override
    Outputs outputs(Progress progress) {
      return new Outputs.Transcriptions(
          scorer.transcribed(done -> progress.advanced("words", done, scorer.words())).stream()
              .map(each ->
                  new Outputs.Transcription(
                      task.spelling(each.word()),
                      task.written(each.truth()),
                      task.written(each.said()),
                      each.edits(),
                      each.probability(),
                      each.score()))
              .toList());
    }
  }

  private static final class StretchLog extends OutputLog {

    private final LanguageModelling task;

    /** For each row of the batches, which read on in the text, its stretches. */
    private final List<List<Outputs.Stretch>> rows = new ArrayList<>();

    StretchLog(LanguageModelling task) {
      this.task = task;
    }

    @Override
    void add(Batch batch, Tensor predictions) {
      float[] logits = predictions.toFloatArray();
      for (int row = 0; row < batch.size(); row++) {
        if (row == rows.size()) {
          rows.add(new ArrayList<>());
        }
        rows.get(row).add(stretch(batch.targets(), row, logits));
      }
    }

    private Outputs.Stretch stretch(Tensor targets, int row, float[] logits) {
      int length = targets.shape().dim(1);
      StringBuilder text = new StringBuilder();
      double sum = 0;
      for (int at = row * length; at < (row + 1) * length; at++) {
        int label = (int) targets.get(at);
        text.append(task.vocabulary().decode(label));
        sum -= Probabilities.logarithm(logits, task.vocabulary().size(), at, label);
      }
      return new Outputs.Stretch(text.toString(), sum / Math.log(2) / length);
    }

    @Override
    Outputs outputs(Progress progress) {
      return new Outputs.Stretches(rows.stream().flatMap(List::stream).toList(), task.window());
    }
  }
}
