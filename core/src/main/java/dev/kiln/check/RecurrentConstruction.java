package dev.kiln.check;

import dev.kiln.graph.GraphBuilder;
import dev.kiln.op.Dropout;
import dev.kiln.op.Fill;
import dev.kiln.op.Pack;
import dev.kiln.op.Recurrent;
import dev.kiln.op.RecurrentCell;
import dev.kiln.op.RecurrentWeights;
import dev.kiln.op.Value;
import dev.kiln.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A recurrent stack whose weights come one by one, under PyTorch's names. */
record RecurrentConstruction(RecurrentCell cell) implements Construction {

  @Override
  public Map<String, Value> build(CaseGraph c) {
    Attributes attributes = c.attributes();
    Recurrent spec =
        new Recurrent(
            cell,
            attributes.integer("hidden"),
            attributes.integer("layers", 1),
            attributes.flag("bidirectional", false),
            c.has("lengths"),
            new Dropout(0, 0));
    Value x = c.input("x");
    if (x.shape().rank() != 3) {
      throw new IllegalArgumentException("x must be [N, T, features], but is " + x.type());
    }
    List<Value> operands = new ArrayList<>(List.of(x, weights(c, spec, x.shape().dim(2))));
    operands.add(state(c, spec, "h_0", x));
    if (cell.hasMemory()) {
      operands.add(state(c, spec, "c_0", x));
    }
    if (spec.ragged()) {
      operands.add(c.input("lengths"));
    }
    List<Value> outputs = c.builder().add(spec, operands);
    Map<String, Value> results = new HashMap<>(Map.of("y", outputs.get(0), "h_n", outputs.get(1)));
    if (cell.hasMemory()) {
      results.put("c_n", outputs.get(2));
    }
    return results;
  }

  private static Value weights(CaseGraph c, Recurrent spec, int features) {
    RecurrentWeights layout = spec.weights(features);
    List<Value> values =
        layout.parts().stream().map(part -> checked(c.input(part.name()), part.shape())).toList();
    List<Long> offsets = layout.parts().stream().map(RecurrentWeights.Part::offset).toList();
    return c.builder().add(new Pack(offsets, layout.length()), values).getFirst();
  }

  private static Value checked(Value weight, Shape expected) {
    if (!weight.shape().equals(expected)) {
      throw new IllegalArgumentException(
          "%s must have the shape %s, not %s".formatted(weight.name(), expected, weight.shape()));
    }
    return weight;
  }

  /** The state before the first step; zeros where the case gives none. */
  private static Value state(CaseGraph c, Recurrent spec, String name, Value x) {
    GraphBuilder graph = c.builder();
    Shape shape = Shape.of(spec.layers() * spec.directions(), x.shape().dim(0), spec.hidden());
    return c.has(name) ? c.input(name) : graph.apply(new Fill(x.type().dtype(), shape, 0));
  }
}
