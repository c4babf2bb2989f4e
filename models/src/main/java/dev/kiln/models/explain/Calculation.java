package dev.kiln.models.explain;

import dev.kiln.backend.Backend;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.graph.Ops;
import dev.kiln.op.Value;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Numbers given and numbers computed from them: a small graph with its inputs. */
final class Calculation {

  private final GraphBuilder graph = new GraphBuilder();
  private final Map<Value, Tensor> given = new LinkedHashMap<>();

  GraphBuilder graph() {
    return graph;
  }

  Ops ops() {
    return graph.ops();
  }

  /** Adds a given number, row or matrix. */
  Value given(Tensor tensor) {
    Value value = graph.input("given", tensor.type());
    given.put(value, tensor);
    return value;
  }

  /** Adds a given row or matrix of double precision. */
  Value given(Shape shape, double... values) {
    return given(Tensor.of(shape, values));
  }

  /** Computes values on a backend. */
  Numbers compute(Backend backend, List<Value> wanted) {
    try (Variables variables = new Variables(backend);
        Session session = Session.open(backend, graph.build(wanted), variables)) {
      given.forEach(session::feed);
      session.run();
      Map<Value, Tensor> numbers = new IdentityHashMap<>(given);
      wanted.forEach(value -> numbers.put(value, session.read(value)));
      return new Numbers(numbers);
    }
  }

  /** What was computed. */
  static final class Numbers {

    private static final int DECIMALS = 6;

    private final Map<Value, Tensor> numbers;

    private Numbers(Map<Value, Tensor> numbers) {
      this.numbers = numbers;
    }

    /** Returns a value of at most two dimensions for showing. */
    Table table(String name, Value value) {
      Tensor tensor = numbers.get(value);
      if (tensor == null) {
        throw new IllegalArgumentException(name + " was not computed");
      }
      return new Table(name, tensor, DECIMALS);
    }
  }
}
