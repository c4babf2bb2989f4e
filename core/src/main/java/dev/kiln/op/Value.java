package dev.kiln.op;

import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;

/**
 * A tensor in a graph, before it has any numbers: the output of a node or an input of the graph.
 * Two values are equal only when they are the same object.
 */
public final class Value {

  private final String name;
  private final TensorType type;

  /**
   * Creates a value.
   *
   * @param name for messages and plans, such as {@code conv1.y}; need not be unique
   * @param type what is known of its elements
   */
  public Value(String name, TensorType type) {
    this.name = name;
    this.type = type;
  }

  /** Returns the name used in messages and plans. */
  public String name() {
    return name;
  }

  /** Returns element type, shape and layout. */
  public TensorType type() {
    return type;
  }

  /** Returns the shape. */
  public Shape shape() {
    return type.shape();
  }

  /** Returns the name and the type. */
  @Override
  public String toString() {
    return name + ": " + type;
  }
}
