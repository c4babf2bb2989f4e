package dev.kiln.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.kiln.data.Dataset;
import dev.kiln.data.Normalize;
import dev.kiln.datasets.LoadedDataset;
import dev.kiln.models.zoo.Zoo;
import dev.kiln.nn.Layer;
import dev.kiln.nn.Model;
import dev.kiln.nn.Models;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import dev.kiln.train.Checkpoint;
import dev.kiln.train.CheckpointException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a checkpoint must say besides its tensors so that it can be used without the data it was
 * trained on. It is written into the checkpoint as JSON.
 *
 * @param model the name of the model in the zoo
 * @param data the name of the data set it was trained on
 * @param input the shape of a sample, such as [1, 28, 28]
 * @param target the shape of a sample's target, [] for a class
 * @param classes the names of the classes, none where values are predicted
 * @param normalization what is applied to raw samples
 * @param white what a white pixel is in a raw sample of an image
 */
record ModelDescription(
    String model,
    String data,
    List<Integer> input,
    List<Integer> target,
    List<String> classes,
    Normalize normalization,
    double white) {

  /** The digits are published with 17 shades of grey; all other images are scaled to [0, 1]. */
  private static final double WHITE_OF_DIGITS = 16;

  /** Copies the lists. */
  ModelDescription {
    input = List.copyOf(input);
    target = List.copyOf(target);
    classes = List.copyOf(classes);
  }

  /** Returns the description of a model trained on a data set. */
  static ModelDescription of(String model, LoadedDataset data) {
    Dataset train = data.split().train();
    return new ModelDescription(
        model,
        data.name(),
        train.features().shape().dims(),
        train.target().shape().dims(),
        train.classNames(),
        data.normalization(),
        data.name().equals("digits") ? WHITE_OF_DIGITS : 1);
  }

  /**
   * Reads the description out of a checkpoint.
   *
   * @throws CheckpointException if it is damaged or was not written by the {@code kiln} command
   */
  static ModelDescription read(Path checkpoint) throws IOException {
    try {
      return ConfigLayers.JSON.readValue(
          Checkpoint.description(checkpoint), ModelDescription.class);
    } catch (JsonProcessingException foreign) {
      throw new CheckpointException(
          checkpoint
              + " does not say which model it belongs to: it was not written by 'kiln train'",
          foreign);
    }
  }

  /** Returns the description as JSON. */
  String toJson() throws JsonProcessingException {
    return ConfigLayers.JSON.writeValueAsString(this);
  }

  /** Returns the type of a sample's features. */
  TensorType features() {
    return TensorType.of(DType.F32, new Shape(input));
  }

  /** Returns the types of a sample's fields. */
  List<TensorType> sample() {
    return List.of(
        features(), TensorType.of(isClassifier() ? DType.I64 : DType.F32, new Shape(target)));
  }

  /** Returns the types of a batch's fields. */
  List<TensorType> batch(int rows) {
    return sample().stream()
        .map(type -> {
          List<Integer> dims = new ArrayList<>(List.of(rows));
          dims.addAll(type.shape().dims());
          return type.withShape(new Shape(dims));
        })
        .toList();
  }

  /** Returns a raw sample as the network takes it. */
  float[] normalized(float[] raw) {
    float[] normal = raw.clone();
    normalization.apply(MemorySegment.ofArray(normal), features(), MemorySegment.NULL, new int[0]);
    return normal;
  }

  /** Returns predicted values in the unit of the data, whose targets were normalized alike. */
  float[] raw(float[] predicted) {
    float[] raw = new float[predicted.length];
    for (int i = 0; i < raw.length; i++) {
      raw[i] = raw(predicted[i]);
    }
    return raw;
  }

  /** Returns a predicted value in the unit of the data. */
  float raw(float predicted) {
    return predicted * normalization.deviation().getFirst() + normalization.mean().getFirst();
  }

  /** Returns whether classes are predicted, and not values. */
  boolean isClassifier() {
    return !classes.isEmpty();
  }

  /**
   * Builds the network with its loss.
   *
   * @throws dev.kiln.models.zoo.UnknownModelException if there is no such model
   * @throws UsageException if the model does not take such samples
   */
  Model build() {
    int outputs = isClassifier() ? classes.size() : (int) new Shape(target).elements();
    Layer network;
    try {
      network = Zoo.find(model).build(new Shape(input), outputs);
    } catch (IllegalArgumentException unfit) {
      throw new UsageException(String.valueOf(unfit.getMessage()), unfit);
    }
    return isClassifier() ? Models.classifier(network) : Models.regressor(network);
  }

  /**
   * Checks that samples of a data set fit.
   *
   * @throws UsageException if they have another shape or other classes
   */
  void checkFits(LoadedDataset other) {
    ModelDescription expected = of(model, other);
    if (!expected.input.equals(input) || !expected.target.equals(target)) {
      throw new UsageException(
          "the model takes samples of shape %s with targets of shape %s, but those of %s are %s and %s"
              .formatted(input, target, other.name(), expected.input, expected.target));
    }
    if (expected.classes.size() != classes.size()) {
      throw new UsageException(
          "the model tells %d classes apart, but %s has %d"
              .formatted(classes.size(), other.name(), expected.classes.size()));
    }
  }
}
