package dev.kiln.exec;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Memory;
import dev.kiln.backend.OutOfMemoryException;
import dev.kiln.op.Value;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is held between steps on a backend: parameters, optimizer state, running statistics, by
 * name. Several sessions, such as one for training and one for evaluation, may share it. It owns
 * the memory.
 */
public final class Variables implements AutoCloseable {

  private record Held(TensorType type, Memory memory) {}

  private final Backend backend;
  private final Map<String, Held> held = new LinkedHashMap<>();
  private boolean closed;

  /** Creates an empty set of variables on a backend. */
  public Variables(Backend backend) {
    this.backend = backend;
  }

  /** Refuses a backend that the variables are not held on. */
  @SuppressWarnings("ReferenceEquality") // memory belongs to one opened backend, not to equal ones
  void checkBackend(Backend other) {
    if (other != backend) {
      throw new IllegalArgumentException(
          "the variables are held on %s, so a graph on %s cannot use them; make them with the same Backend object"
              .formatted(describe(backend), describe(other)));
    }
  }

  private static String describe(Backend backend) {
    return backend.name() + " (" + backend.description() + ")";
  }

  /** Returns how many bytes would have to be allocated to hold these too. */
  long missing(List<Value> variables) {
    return variables.stream()
        .filter(variable -> !held.containsKey(variable.name()))
        .mapToLong(variable -> variable.type().bytes())
        .sum();
  }

  /**
   * Makes sure that there is memory, zero at first, for every one of a graph's variables.
   *
   * @throws IllegalArgumentException if one is held already with another type
   * @throws OutOfMemoryException if the backend has too little; the message names the variable
   */
  public void declare(List<Value> variables) {
    for (Value variable : variables) {
      Held present = held.get(variable.name());
      if (present == null) {
        held.put(variable.name(), new Held(variable.type(), allocate(variable)));
      } else if (!present.type.equals(variable.type())) {
        throw new IllegalArgumentException(
            "variable %s is held as %s, but the graph declares %s"
                .formatted(variable.name(), present.type, variable.type()));
      }
    }
  }

  private Memory allocate(Value variable) {
    try {
      return backend.allocate(variable.type().bytes());
    } catch (OutOfMemoryException refused) {
      throw refused.in("variable " + variable.name());
    }
  }

  /** Returns the names, in the order of their declaration. */
  public Set<String> names() {
    return held.keySet();
  }

  /** Returns the type of a variable. */
  public TensorType type(String name) {
    return find(name).type;
  }

  /**
   * Sets a variable.
   *
   * @throws IllegalArgumentException if there is none of this name, or it has another type
   */
  public void write(String name, Tensor value) {
    if (!type(name).equals(value.type())) {
      throw new IllegalArgumentException(
          "variable %s is %s, but the value is %s".formatted(name, type(name), value.type()));
    }
    backend.write(buffer(name), value.data());
  }

  /** Returns a copy of a variable. */
  public Tensor read(String name) {
    Tensor value = Tensor.allocate(type(name));
    backend.read(buffer(name), value.data());
    return value;
  }

  Buffer buffer(String name) {
    return find(name).memory.buffer();
  }

  private Held find(String name) {
    Held found = held.get(name);
    if (closed) {
      throw new IllegalStateException(
          "the variables are closed, so %s is no longer held".formatted(name));
    }
    if (found == null) {
      throw new IllegalArgumentException(
          "there is no variable '%s'; there are %s".formatted(name, held.keySet()));
    }
    return found;
  }

  /** Frees the memory. */
  @Override
  public void close() {
    closed = true;
    held.values().forEach(variable -> variable.memory.close());
    held.clear();
  }
}
