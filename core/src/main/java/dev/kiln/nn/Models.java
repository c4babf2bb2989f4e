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
   * target labels [N]; or, with a label for every step, logits [N, T, C] and labels [N, T]. Labels
   * that are {@link dev.kiln.op.CrossEntropy#IGNORE}, such as those of padding, do not count.
   */
  public static Model classifier(Layer network) {
    return withLoss(network, Models::crossEntropy);
  }

  /** A network that reads sequences of different lengths. */
  @FunctionalInterface
  public interface SequenceNetwork {

    /**
     * Writes the network's operations.
     *
     * @param scope the root of the network's names
     * @param x the sequences, padded at their end, [N, T, ...]
     * @param lengths the steps of every sequence, I64[N]
     * @return logits, [N, C] or [N, T, C]
     */
    Value apply(Scope scope, Value x, Value lengths);
  }

  /**
   * Returns a classifier of sequences of different lengths, or of their steps, trained as {@link
   * #classifier} says. Its batches have a third field: the lengths.
   */
  public static Model sequenceClassifier(SequenceNetwork network) {
    return (scope, batch) -> {
      Value predictions = network.apply(scope, batch.get(0), batch.get(2));
      return classified(scope.ops(), predictions, batch.get(1));
    };
  }

  /** The outcome of logits, [N, C] or [N, T, C], against labels. */
  static Outcome classified(Ops ops, Value logits, Value target) {
    return new Outcome(crossEntropy(ops, logits, target), logits);
  }

  private static Value crossEntropy(Ops ops, Value logits, Value target) {
    if (logits.shape().rank() != 3) {
      return ops.crossEntropy(logits, target);
    }
    int steps = Math.toIntExact(logits.shape().elements(0, 2));
    return ops.crossEntropy(
        ops.reshape(logits, steps, logits.shape().dim(2)), ops.reshape(target, steps));
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
