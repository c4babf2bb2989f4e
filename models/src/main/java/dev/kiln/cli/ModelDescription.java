package dev.kiln.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kiln.data.Gaps;
import dev.kiln.datasets.LoadedDataset;
import dev.kiln.models.task.Forecast;
import dev.kiln.models.task.Sample;
import dev.kiln.models.task.Task;
import dev.kiln.models.zoo.Zoo;
import dev.kiln.nn.Model;
import dev.kiln.tensor.TensorType;
import dev.kiln.train.Checkpoint;
import dev.kiln.train.CheckpointException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a checkpoint must say besides its tensors so that it can be used without the data it was
 * trained on. It is written into the checkpoint as JSON: the components of the task and, among
 * them, {@code model} and {@code data}.
 *
 * @param model the name of the model in the zoo
 * @param data the name of the data set it was trained on
 * @param task what it was trained for
 */
record ModelDescription(String model, String data, Task task) {

  private static final String MODEL = "model";
  private static final String DATA = "data";
  private static final String TASK = "task";

  /** Returns the description of a model trained on a data set. */
  static ModelDescription of(String model, LoadedDataset data) {
    return new ModelDescription(model, data.name(), data.task());
  }

  /**
   * Reads the description out of a checkpoint.
   *
   * @throws CheckpointException if it is damaged or was not written by the {@code kiln} command
   */
  static ModelDescription read(Path checkpoint) throws IOException {
    String text = Checkpoint.description(checkpoint);
    try {
      ObjectNode json = ConfigLayers.JSON.readValue(text, ObjectNode.class);
      if (!json.has(TASK)) {
        // The first checkpoints did not name their task.
        json.put(TASK, json.path("classes").isEmpty() ? Task.REGRESSION : Task.CLASSIFICATION);
      }
      return new ModelDescription(
          json.required(MODEL).asText(),
          json.required(DATA).asText(),
          ConfigLayers.JSON.treeToValue(json, Task.class));
    } catch (JsonProcessingException | IllegalArgumentException foreign) {
      throw new CheckpointException(
          checkpoint
              + " does not say which model it belongs to: it was not written by 'kiln train'",
          foreign);
    }
  }

  /** Returns the description as JSON. */
  String toJson() throws JsonProcessingException {
    ObjectNode json = ConfigLayers.JSON.createObjectNode().put(MODEL, model).put(DATA, data);
    json.setAll(ConfigLayers.JSON.<ObjectNode>valueToTree(task));
    return ConfigLayers.JSON.writeValueAsString(json);
  }

  /** Returns what was done about missing values of the series it was trained on, if it was one. */
  Optional<Gaps> gaps() {
    return task instanceof Forecast series ? Optional.of(series.gaps()) : Optional.empty();
  }

  /** Returns the types of a batch's fields. */
  List<TensorType> batch(int rows) {
    return Sample.batch(task.sample(), rows);
  }

  /**
   * Builds the network with its loss.
   *
   * @throws dev.kiln.models.zoo.UnknownModelException if there is no such model
   * @throws UsageException if the model does not take such samples
   */
  Model build() {
    try {
      return task.build(Zoo.find(model));
    } catch (IllegalArgumentException unfit) {
      throw new UsageException(String.valueOf(unfit.getMessage()), unfit);
    }
  }

  /**
   * Checks that samples of a data set fit.
   *
   * @throws UsageException if they have another shape or other classes
   */
  void checkFits(LoadedDataset other) {
    try {
      task.checkFits(other.task(), other.name());
    } catch (IllegalArgumentException unfit) {
      throw new UsageException(String.valueOf(unfit.getMessage()), unfit);
    }
  }
}
