package dev.kiln.nn;

import dev.kiln.graph.Ops;
import dev.kiln.op.Value;

/** The usual models: a network with a loss. Their batches have two fields, features and target. */
public final class Models {

  private Models() {}

  /** A loss of predictions against targets. */
  @FunctionalInterface
  public interface Loss {

    /** Writes the loss, a scalar. */
    Value apply(Ops ops, Value predictions, Value target);
  }

  /**
   * Returns a classifier trained by cross-entropy: the network's outputs are logits [N, C], the
   * target labels [N].
   */
  public static Model classifier(Layer network) {
    return withLoss(network, Ops::crossEntropy);
  }

  /** Returns a regressor trained by the mean squared error: outputs and target of one shape. */
  public static Model regressor(Layer network) {
    return withLoss(network, Ops::meanSquaredError);
  }

  /** Returns a network trained by any loss. */
  public static Model withLoss(Layer network, Loss loss) {
    return (scope, batch) -> {
      Value predictions = scope.root(network, batch.get(0));
      return new Outcome(loss.apply(scope.ops(), predictions, batch.get(1)), predictions);
    };
  }
}
