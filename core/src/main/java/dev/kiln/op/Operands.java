package dev.kiln.op;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.List;

/**
 * The input types of an operation, and the questions that shape rules ask of them in {@link
 * OpSpec#infer}. Every refusal is a {@link ShapeException} that names the operation, the rule and
 * the types.
 */
public final class Operands {

  private final OpSpec spec;
  private final List<String> names;
  private final List<TensorType> types;

  /**
   * Pairs the inputs with their names.
   *
   * @param spec the operation
   * @param types the types of its inputs
   * @param names one for each input; a trailing {@code ?} marks one that may be absent
   * @throws ShapeException if there are too few or too many inputs
   */
  public Operands(OpSpec spec, List<TensorType> types, String... names) {
    this.spec = spec;
    this.names = List.of(names);
    this.types = types;
    long required = this.names.stream().filter(name -> !name.endsWith("?")).count();
    if (types.size() < required || types.size() > names.length) {
      throw new ShapeException(
          "%s takes the inputs %s, but got %d: %s"
              .formatted(spec.opName(), this.names, types.size(), types));
    }
  }

  /** Returns the type of an input. */
  public TensorType get(int index) {
    return types.get(index);
  }

  /** Returns the shape of an input. */
  public Shape shape(int index) {
    return types.get(index).shape();
  }

  /** Returns whether an input that may be absent is there. */
  public boolean has(int index) {
    return index < types.size();
  }

  /** Refuses with the rule and all operands unless the condition holds. */
  public Operands require(boolean condition, String rule) {
    if (!condition) {
      throw new ShapeException(spec.opName() + ": " + rule + "; got " + this + " for " + spec);
    }
    return this;
  }

  /** Requires that an input has so many dimensions. */
  public Operands rank(int index, int rank) {
    return require(
        shape(index).rank() == rank,
        "%s must have %d dimensions, not %d".formatted(name(index), rank, shape(index).rank()));
  }

  /** Requires that an input holds floating-point numbers. */
  public Operands floating(int index) {
    return require(
        get(index).dtype().isFloating(),
        "%s must hold floating-point numbers, not %s".formatted(name(index), get(index).dtype()));
  }

  /** Requires that an input holds whole numbers. */
  public Operands integer(int index) {
    return require(
        get(index).dtype().isInteger(),
        "%s must hold whole numbers, not %s".formatted(name(index), get(index).dtype()));
  }

  /** Requires that an input has this element type. */
  public Operands dtype(int index, DType dtype) {
    return require(
        get(index).dtype() == dtype,
        "%s must be %s, not %s".formatted(name(index), dtype, get(index).dtype()));
  }

  /** Requires that an input, if it is there, has the element type of the first one. */
  public Operands dtypeOfFirst(int index) {
    return has(index) ? dtype(index, get(0).dtype()) : this;
  }

  /** Requires that an input, if it is there, has exactly these dimensions. */
  public Operands shapeIs(int index, Shape expected) {
    return !has(index)
        ? this
        : require(
            shape(index).equals(expected),
            "%s must have the shape %s, not %s".formatted(name(index), expected, shape(index)));
  }

  private String name(int index) {
    String name = names.get(index);
    return name.endsWith("?") ? name.substring(0, name.length() - 1) : name;
  }

  /** Returns the inputs by name with their types. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < types.size(); i++) {
      text.append(i == 0 ? "" : ", ").append(name(i)).append(' ').append(types.get(i));
    }
    return text.toString();
  }
}
