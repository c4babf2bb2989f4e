package dev.kiln.exec;

import dev.kiln.graph.Graph;
import dev.kiln.graph.Node;
import dev.kiln.graph.Update;
import dev.kiln.op.Pack;
import dev.kiln.op.Value;
import dev.kiln.op.View;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Decides which values share memory, and how long each memory is in use.
 *
 * <ul>
 *   <li>A reshape or view lies in its input.
 *   <li>What is packed lies in the packed tensor, if it is computed by a node of its own.
 *   <li>A variable's next value lies in the variable, if the operation may overwrite it.
 *   <li>An elementwise result lies in its operand, if nothing reads the operand afterwards.
 * </ul>
 */
final class StorageAssignment {

  /** A part of a storage. */
  private record Range(Storage storage, long offset) {}

  private final Graph graph;
  private final Map<Value, Node> producers;
  private final Map<Value, Range> ranges = new IdentityHashMap<>();
  private final Map<Value, Integer> lastReads = new IdentityHashMap<>();
  private final Set<Storage> shared = new HashSet<>();

  StorageAssignment(Graph graph) {
    this.graph = graph;
    this.producers = graph.producers();
    graph.inputs().forEach(this::own);
    graph.variables().forEach(this::own);
    placePackedValues();
    for (int i = 0; i < graph.nodes().size(); i++) {
      for (Value input : graph.nodes().get(i).inputs()) {
        lastReads.put(aliasRoot(input), i);
      }
    }
    int end = graph.nodes().size() + graph.updates().size();
    graph.outputs().forEach(value -> lastReads.put(aliasRoot(value), end));
    graph.updates().forEach(update -> lastReads.put(aliasRoot(update.next()), end));
    for (int i = 0; i < graph.nodes().size(); i++) {
      place(graph.nodes().get(i), i);
    }
    for (int i = 0; i < graph.nodes().size(); i++) {
      int step = i;
      graph.nodes().get(i).inputs().forEach(value -> range(value).storage.use(step));
      graph.nodes().get(i).outputs().forEach(value -> range(value).storage.use(step));
    }
    graph.outputs().forEach(value -> range(value).storage.use(end));
    graph.updates().forEach(update -> range(update.next()).storage.use(end));
    checkUpdates();
  }

  private void own(Value value) {
    ranges.put(value, new Range(new Storage(value, value.type().bytes()), 0));
  }

  /** Follows reshapes and views back to the value that owns the elements. */
  private Value aliasRoot(Value value) {
    Node producer = producers.get(value);
    return producer != null && Planner.isAlias(producer)
        ? aliasRoot(producer.inputs().getFirst())
        : value;
  }

  /** Lets the operations whose results are packed write into the packed tensor. */
  private void placePackedValues() {
    for (Node node : graph.nodes()) {
      if (node.spec() instanceof Pack pack) {
        Value flat = node.outputs().getFirst();
        Storage storage = new Storage(null, flat.type().bytes());
        shared.add(storage);
        ranges.put(flat, new Range(storage, 0));
        for (int i = 0; i < node.inputs().size(); i++) {
          Value input = node.inputs().get(i);
          Value root = aliasRoot(input);
          long offset = pack.offsets().get(i) * flat.type().dtype().bytes();
          boolean whole = root.type().isRowMajor() && root.type().bytes() == input.type().bytes();
          Node producer = producers.get(root);
          if (whole && producer != null && !ranges.containsKey(root)) {
            ranges.put(root, new Range(storage, offset));
          }
        }
      }
    }
  }

  private void place(Node node, int step) {
    if (Planner.isAlias(node)) {
      Value input = node.inputs().getFirst();
      long offset =
          node.spec() instanceof View view ? view.offset() * input.type().dtype().bytes() : 0;
      Range base = range(input);
      ranges.put(node.outputs().getFirst(), new Range(base.storage, base.offset + offset));
      return;
    }
    for (int i = 0; i < node.outputs().size(); i++) {
      Value output = node.outputs().get(i);
      if (!ranges.containsKey(output)) {
        ranges.put(output, rangeFor(node, i, step));
      }
    }
  }

  /** The memory of the operand an output may take over, or memory of its own. */
  private Range rangeFor(Node node, int outputIndex, int step) {
    Value output = node.outputs().get(outputIndex);
    OptionalInt overwritten = node.spec().overwrites(outputIndex);
    if (overwritten.isPresent()) {
      Value input = node.inputs().get(overwritten.getAsInt());
      if (input.type().equals(output.type())
          && (isNextOf(node, output, input) || isFree(node, input, step))) {
        return range(input);
      }
    }
    return new Range(new Storage(null, output.type().bytes()), 0);
  }

  /**
   * Whether an update makes this output the next value of the variable the input is, and no other
   * operand of the node reads that variable.
   */
  private boolean isNextOf(Node node, Value output, Value input) {
    Range place = range(input);
    return isOnlyOperandIn(node, place.storage)
        && graph.updates().stream()
            .anyMatch(update ->
                update.next() == output
                    && place.storage.owner == update.variable()
                    && place.offset == 0);
  }

  /** Whether an operand's memory is transient, wholly its own, and not needed after this step. */
  private boolean isFree(Node node, Value input, int step) {
    Value root = aliasRoot(input);
    Range place = range(input);
    boolean dies =
        place.storage.isTransient()
            && !shared.contains(place.storage)
            && place.storage.bytes == input.type().bytes()
            && place.offset == 0
            && lastReads.getOrDefault(root, -1) == step;
    return dies && isOnlyOperandIn(node, place.storage) && !isTakenOver(place.storage, node);
  }

  private boolean isOnlyOperandIn(Node node, Storage storage) {
    return node.inputs().stream().filter(value -> range(value).storage == storage).count() == 1;
  }

  /** Whether another output of the same node already took this memory over. */
  private boolean isTakenOver(Storage storage, Node node) {
    return node.outputs().stream()
        .anyMatch(value -> ranges.containsKey(value) && range(value).storage == storage);
  }

  private Range range(Value value) {
    Range range = ranges.get(value);
    if (range == null) {
      throw new IllegalStateException("no place for " + value);
    }
    return range;
  }

  /** Nothing may read a variable after it was overwritten. */
  private void checkUpdates() {
    for (int k = 0; k < graph.updates().size(); k++) {
      Update update = graph.updates().get(k);
      boolean inPlace = isInPlace(update);
      Node writer = inPlace ? producers.get(update.next()) : null;
      int written = writer == null ? graph.nodes().size() : graph.nodes().indexOf(writer);
      for (int i = written + 1; i < graph.nodes().size(); i++) {
        Node reader = graph.nodes().get(i);
        reader.inputs().forEach(input -> checkNotStale(input, update, "node " + reader.name()));
      }
      graph.outputs().forEach(output -> checkNotStale(output, update, "an output of the graph"));
      // Copies run in the order of the updates, after everything else.
      for (int other = inPlace ? 0 : k + 1; other < graph.updates().size(); other++) {
        Update later = graph.updates().get(other);
        if (!later.equals(update)) {
          checkNotStale(later.next(), update, "the update of " + later.variable().name());
        }
      }
    }
  }

  private void checkNotStale(Value value, Update update, String reader) {
    Value root = aliasRoot(value);
    boolean isNew = root == update.next() && isInPlace(update);
    if (!isNew && range(root).storage.owner == update.variable()) {
      throw new IllegalStateException(
          ("%s reads %s after it has been updated: put the update last, or read a copy that an"
                  + " operation computed before")
              .formatted(reader, update.variable()));
    }
  }

  /** Whether a variable's next value is computed in the variable's own memory. */
  boolean isInPlace(Update update) {
    Range place = range(update.next());
    return place.storage.owner == update.variable() && place.offset == 0;
  }

  /** Puts a value that the graph does not know into a variable's memory. */
  void placeIn(Value variable, Value value) {
    ranges.put(value, range(variable));
  }

  /** Returns every range of the arena, once. */
  List<Storage> transients() {
    Set<Storage> found = new LinkedHashSet<>();
    for (Node node : graph.nodes()) {
      for (Value output : node.outputs()) {
        if (range(output).storage.isTransient()) {
          found.add(range(output).storage);
        }
      }
    }
    return new ArrayList<>(found);
  }

  /** Returns the places of values, once offsets are assigned. */
  List<Placement> placements(List<Value> values) {
    return values.stream()
        .map(value -> {
          Range range = range(value);
          return new Placement(
              range.storage.owner, range.storage.offset + range.offset, value.type().bytes());
        })
        .toList();
  }
}
