package dev.kiln.cli;

import dev.kiln.backend.Backend;
import dev.kiln.models.task.Transcription;
import dev.kiln.nn.Network;
import dev.kiln.tensor.DType;
import dev.kiln.train.Checkpoint;
import dev.kiln.train.Learner;
import dev.kiln.train.Optimizer;
import dev.kiln.train.Settings;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

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
    Learner learner = new Learner(backend, network, description.task().sample(), settings);
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

  /**
   * Returns this model with another width of its beam search; closing one of them closes both.
   *
   * @param width how many beginnings are followed; null for what is usual
   * @throws UsageException if the width is below 1, or the model does not search
   */
  TrainedModel withBeam(@Nullable Integer width) {
    if (width == null) {
      return this;
    }
    if (!(description.task() instanceof Transcription transcription)) {
      throw new UsageException(
          "--beam: the model predicts %s, which nothing is searched for"
              .formatted(description.task().describe()));
    }
    if (width < 1) {
      throw new UsageException("--beam must be at least 1, not " + width);
    }
    return new TrainedModel(
        new ModelDescription(
            description.model(), description.data(), transcription.withBeam(width)),
        learner);
  }

  /** Returns what the checkpoint says of the model. */
  ModelDescription description() {
    return description;
  }

  /** Returns the network. */
  Learner learner() {
    return learner;
  }

  @Override
  public void close() {
    learner.close();
  }
}
