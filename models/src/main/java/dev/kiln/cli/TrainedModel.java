package dev.kiln.cli;

import dev.kiln.backend.Backend;
import dev.kiln.nn.Network;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import dev.kiln.train.Checkpoint;
import dev.kiln.train.Learner;
import dev.kiln.train.Optimizer;
import dev.kiln.train.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A network with the weights of a checkpoint, ready to predict. */
final class TrainedModel implements AutoCloseable {

  private final ModelDescription description;
  private final Learner learner;

  private TrainedModel(ModelDescription description, Learner learner) {
    this.description = description;
    this.learner = learner;
  }

  /**
   * Builds the network that a checkpoint describes and loads its weights.
   *
   * @param backend what computes; stays open when the model is closed
   * @throws IOException if the checkpoint is damaged or does not belong to the model it names
   */
  static TrainedModel open(Path checkpoint, Backend backend) throws IOException {
    ModelDescription description = ModelDescription.read(checkpoint);
    Network network = Network.of(description.build(), DType.F32, description.batch(1));
    // Plain gradient descent keeps no state, so nothing is allocated for an optimizer.
    Settings settings = Settings.of(Optimizer.sgd(1));
    Learner learner = new Learner(backend, network, description.sample(), settings);
    boolean loaded = false;
    try {
      Checkpoint.loadWeights(checkpoint, learner);
      loaded = true;
      return new TrainedModel(description, learner);
    } finally {
      if (!loaded) {
        learner.close();
      }
    }
  }

  /** Returns what the checkpoint says of the model. */
  ModelDescription description() {
    return description;
  }

  /** Returns loss and predictions of samples whose targets are known. */
  Learner.Evaluated evaluate(Tensor features, Tensor targets) {
    return learner.evaluate(List.of(features, targets));
  }

  /**
   * Predicts a sample.
   *
   * @param features its features, normalized
   * @return the probability of each class, or the values
   */
  float[] predict(float[] features) {
    List<TensorType> types = description.batch(1);
    Tensor batch = Tensor.of(types.get(0).shape(), features);
    float[] output = evaluate(batch, Tensor.allocate(types.get(1))).predictions().toFloatArray();
    return description.isClassifier() ? Probabilities.ofLogits(output, output.length) : output;
  }

  @Override
  public void close() {
    learner.close();
  }
}
