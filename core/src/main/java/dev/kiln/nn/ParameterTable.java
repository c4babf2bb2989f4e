package dev.kiln.nn;

import dev.kiln.op.ShapeException;
import dev.kiln.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Where each parameter of a network lies in the one flat tensor: parameters one after the other,
 * each block beginning at a multiple of 16 elements, which is a cache line.
 */
final class ParameterTable {

  private static final long ALIGNMENT = 16;

  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final Map<String, ParameterBlock> blocks = new LinkedHashMap<>();
  private long length;

  /** Adds a parameter unless it is there already, and returns the name of its block. */
  String add(String name, Shape shape, Initializer initializer) {
    if (!isKnown(name, shape)) {
      begin(name, shape);
      append(name, shape, initializer);
    }
    return name;
  }

  /** Adds a group unless it is there already, and returns the name of its block. */
  String add(String scope, ParameterGroup group) {
    String name = blockName(scope, group);
    if (!isKnown(name, shape(group))) {
      begin(name, shape(group));
      for (ParameterGroup.Member member : group.members()) {
        append(qualified(scope, member.name()), member.shape(), member.initializer());
      }
    }
    return name;
  }

  /** Returns the name under which a group's block is known. */
  static String blockName(String scope, ParameterGroup group) {
    return qualified(scope, group.members().getFirst().name()) + "...";
  }

  private static String qualified(String scope, String name) {
    return scope.isEmpty() ? name : scope + "." + name;
  }

  private static Shape shape(ParameterGroup group) {
    return Shape.of(Math.toIntExact(group.elements()));
  }

  private boolean isKnown(String name, Shape shape) {
    ParameterBlock known = blocks.get(name);
    if (known != null) {
      checkShape(name, known.shape(), shape);
    }
    return known != null;
  }

  private void begin(String name, Shape shape) {
    length = (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    blocks.put(name, new ParameterBlock(length, shape));
  }

  private void append(String name, Shape shape, Initializer initializer) {
    parameters.put(name, new Parameter(name, shape, initializer, length));
    length += shape.elements();
  }

  /** Refuses a name that is used with two shapes. */
  static void checkShape(String name, Shape known, Shape asked) {
    if (!known.equals(asked)) {
      throw new ShapeException(
          "parameter %s has the shape %s, but %s is asked for: the input has another size, or two layers share a name"
              .formatted(name, known, asked));
    }
  }

  /** Returns every parameter, in the order of the flat tensor. */
  List<Parameter> parameters() {
    return List.copyOf(parameters.values());
  }

  /** Returns every block by name, in the order of the flat tensor. */
  Map<String, ParameterBlock> blocks() {
    return blocks;
  }

  /** Returns the shape of a block. */
  Shape blockShape(String name) {
    return Objects.requireNonNull(blocks.get(name), name).shape();
  }

  /** Returns the elements of the flat tensor, at least 1. */
  long length() {
    return Math.max(1, length);
  }
}
