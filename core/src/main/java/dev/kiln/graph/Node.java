package dev.kiln.graph;

import dev.kiln.op.OpSpec;
import dev.kiln.op.Value;
import java.util.List;

/**
 * One operation at one place in a graph.
 *
 * @param name for messages and plans: the layer and the operation, such as {@code 0.conv2d}
 * @param spec what it computes
 * @param inputs what it computes it from
 * @param outputs what it computes
 */
public record Node(String name, OpSpec spec, List<Value> inputs, List<Value> outputs) {

  /** Copies the lists. */
  public Node {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }
}
