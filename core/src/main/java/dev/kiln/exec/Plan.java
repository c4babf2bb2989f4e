package dev.kiln.exec;

import dev.kiln.graph.Graph;
import dev.kiln.op.Value;
import java.util.List;

/**
 * A graph ready to run: what runs every node, and where every value lies. Nothing is left to decide
 * or to allocate once the arena is there.
 */
public final class Plan implements AutoCloseable {

  private final String backend;
  private final Graph graph;
  private final List<Step> steps;
  private final long arenaBytes;
  private final List<Placement> outputs;

  Plan(String backend, Graph graph, List<Step> steps, long arenaBytes, List<Placement> outputs) {
    this.backend = backend;
    this.graph = graph;
    this.steps = List.copyOf(steps);
    this.arenaBytes = arenaBytes;
    this.outputs = outputs;
  }

  /** Returns the graph as the backend lowered it. */
  public Graph graph() {
    return graph;
  }

  /** Returns the operations in the order in which they run. */
  public List<Step> steps() {
    return steps;
  }

  /** Returns the bytes of the arena in which everything lies that is not held between steps. */
  public long arenaBytes() {
    return arenaBytes;
  }

  /** Returns the bytes of the fed inputs. */
  public long inputBytes() {
    return aligned(graph.inputs());
  }

  /** Returns the bytes held between steps: parameters, optimizer state, running statistics. */
  public long variableBytes() {
    return aligned(graph.variables());
  }

  /** Returns the bytes of a step: the arena and the fed inputs. */
  public long stepBytes() {
    return arenaBytes + inputBytes();
  }

  /** Returns all the bytes the plan needs on its backend. */
  public long totalBytes() {
    return stepBytes() + variableBytes();
  }

  private static long aligned(List<Value> values) {
    return values.stream()
        .mapToLong(value -> new Storage(value, value.type().bytes()).alignedBytes())
        .sum();
  }

  /** Returns where an output of the graph lies. */
  Placement placement(Value output) {
    int index = graph.outputs().indexOf(output);
    if (index < 0) {
      throw new IllegalArgumentException(
          output + " is not an output of the graph; its outputs are " + graph.outputs());
    }
    return outputs.get(index);
  }

  /**
   * Returns a table for people: for every node what runs it, the types with their private layouts,
   * and where its first output lies.
   */
  public String describe() {
    StringBuilder text = new StringBuilder();
    text.append(
        "%s: %d steps, arena %,d bytes, inputs %,d, variables %,d%n"
            .formatted(backend, steps.size(), arenaBytes, inputBytes(), variableBytes()));
    for (Step step : steps) {
      String result =
          step.outputs().isEmpty()
              ? ""
              : "%s at %s"
                  .formatted(step.node().outputs().getFirst().type(), step.outputs().getFirst());
      text.append("  %-44s %-28s %s%n".formatted(step.node().name(), step.op().describe(), result));
    }
    return text.toString();
  }

  /** Closes the compiled operations. */
  @Override
  public void close() {
    steps.forEach(step -> step.op().close());
  }
}
