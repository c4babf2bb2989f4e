package dev.kiln.models.task;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.kiln.data.DataSplit;
import dev.kiln.data.Dataset;
import dev.kiln.metrics.Metric;
import dev.kiln.models.zoo.ModelEntry;
import dev.kiln.nn.Model;
import dev.kiln.tensor.TensorType;
import dev.kiln.train.Learner;
import dev.kiln.train.Scorer;
import java.io.IOException;
import java.util.List;

/**
 * A problem that a data set poses, such as telling ten classes of images apart: everything that
 * depends on the kind of problem, and everything besides the weights that is needed to use a
 * trained network without its data. So a task is kept in every checkpoint, as JSON.
 *
 * <p>A new kind of problem is a record that implements this, named in {@link JsonSubTypes}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "task")
@JsonSubTypes({
  @JsonSubTypes.Type(name = Task.CLASSIFICATION, value = Classification.class),
  @JsonSubTypes.Type(name = Task.REGRESSION, value = Regression.class),
  @JsonSubTypes.Type(name = "word-classification", value = WordClassification.class),
  @JsonSubTypes.Type(name = "language-modelling", value = LanguageModelling.class),
  @JsonSubTypes.Type(name = Task.FORECAST, value = Forecast.class),
  @JsonSubTypes.Type(name = Task.TRANSCRIPTION, value = Transcription.class)
})
@JsonIgnoreProperties(ignoreUnknown = true)
public sealed interface Task
    permits Classification,
        Regression,
        WordClassification,
        LanguageModelling,
        Forecast,
        Transcription {

  /** The name of {@link Classification} in checkpoints. */
  String CLASSIFICATION = "classification";

  /** The name of {@link Regression} in checkpoints. */
  String REGRESSION = "regression";

  /** The name of {@link Forecast} in checkpoints. */
  String FORECAST = "forecast";

  /** The name of {@link Transcription} in checkpoints. */
  String TRANSCRIPTION = "transcription";

  /** Returns the types of one sample's fields: features, target, and what else there is. */
  List<TensorType> sample();

  /**
   * Builds a network of the zoo with its loss.
   *
   * @throws IllegalArgumentException if it does not take such samples
   */
  Model build(ModelEntry entry);

  /** Returns what a sample is, such as {@code F32[1, 8, 8] in one of 10 classes}. */
  String describe();

  /** Returns the names of the classes; none where no classes are told apart. */
  default List<String> classes() {
    return List.of();
  }

  /** Returns what is measured besides the loss while training. */
  List<Metric> metrics();

  /** Returns what judges predictions while training. */
  Scorer scorer();

  /**
   * Returns what judges a trained network. It may take longer than {@link #scorer()}, as by
   * decoding; usually it is the same.
   */
  default Scorer scorer(Learner learner) {
    return scorer();
  }

  /**
   * Returns simple methods that a network must beat, judged like it.
   *
   * @param data what they are fitted to, its training part
   * @param part what they are judged on
   */
  default List<Baseline> baselines(DataSplit data, Dataset part) {
    return List.of();
  }

  /**
   * Checks that a network trained for this task can be used on the data of another.
   *
   * @param other the task of the other data
   * @param data the name of the other data
   * @throws IllegalArgumentException if it cannot
   */
  void checkFits(Task other, String data);

  /**
   * Returns what may be done with characters of a text that the network was not trained on, the
   * usual treatment first; empty where no text is read.
   */
  default List<UnknownCharacters> unknownCharacters() {
    return List.of();
  }

  /** Returns whether predictions name alternatives, of which the most probable may be shown. */
  boolean hasAlternatives();

  /**
   * Reads what a user wants predicted.
   *
   * @param argument what stands on the command line, such as the name of a file, or a word
   * @param unknown what is done with characters that are not known, one of {@link
   *     #unknownCharacters()}; of no meaning where there is none
   * @return one sample or more
   * @throws IOException if a file cannot be read or does not fit
   * @throws IllegalArgumentException if a text does not fit
   */
  List<Sample> read(String argument, UnknownCharacters unknown) throws IOException;

  /** Predicts a sample. */
  Prediction predict(Learner learner, Sample sample);
}
