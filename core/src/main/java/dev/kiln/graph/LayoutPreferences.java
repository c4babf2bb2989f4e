package dev.kiln.graph;

import dev.kiln.op.OpSpec;
import dev.kiln.tensor.Layout;
import java.util.List;

/** The placements that the operations of a backend read and write fastest. */
public interface LayoutPreferences {

  /**
   * What an operation likes.
   *
   * @param inputs for each input
   * @param outputs for each output
   */
  record Choice(List<Layout> inputs, List<Layout> outputs) {}

  /**
   * Returns what a node likes.
   *
   * @param node its values in their row-major types
   * @param current where its inputs lie now
   */
  Choice of(Node node, List<Layout> current);

  /**
   * Returns whether an operation of one output writes it into any placement for the price of one:
   * where another than it likes is wanted, the operation is done so instead of a reorder after it.
   */
  default boolean writesAnyLayout(OpSpec spec) {
    return false;
  }
}
