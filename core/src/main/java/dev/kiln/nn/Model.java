package dev.kiln.nn;

import dev.kiln.op.Value;
import java.util.List;

/**
 * What a trainer trains: writes the loss and the predictions of a batch. Most are a network with a
 * loss, see {@link Models}; anything with several inputs implements this directly.
 */
@FunctionalInterface
public interface Model {

  /**
   * Writes the model's operations.
   *
   * @param scope the root of the network's names
   * @param batch the fields of the data set, batch first, such as images and labels
   */
  Outcome apply(Scope scope, List<Value> batch);
}
