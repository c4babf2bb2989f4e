package dev.kiln.exec;

import dev.kiln.graph.Node;
import dev.kiln.op.Pack;
import dev.kiln.op.Reshape;
import dev.kiln.op.Value;
import dev.kiln.op.View;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * When each value of a plan is needed and where it lies, read off the plan's steps alone: an
 * opinion of its own, independent of how the planner came to its decisions.
 */
final class Lifetimes {

  /**
   * A value that some step computes into the arena.
   *
   * @param value the value
   * @param place where it lies
   * @param written the step that computes it
   * @param lastRead the last step that reads it, or a later one if it is an output of the graph
   * @param overwrites the value whose memory that step may take over, if any
   */
  record Range(Value value, Placement place, int written, int lastRead, Set<Value> overwrites) {

    boolean sharesBytesWith(Range other) {
      return place.offset() < other.place.offset() + other.place.bytes()
          && other.place.offset() < place.offset() + place.bytes();
    }

    boolean isAliveWith(Range other) {
      return written <= other.lastRead && other.written <= lastRead;
    }

    /**
     * Whether this value is computed in the memory of an operand in the step that needs it last.
     */
    boolean takesOver(Range operand) {
      return overwrites.contains(operand.value)
          && operand.lastRead == written
          && place.equals(operand.place);
    }
  }

  private final Plan plan;
  private final Map<Value, Value> roots = new IdentityHashMap<>();
  private final Map<Value, Set<Value>> packedIn = new IdentityHashMap<>();

  private Lifetimes(Plan plan) {
    this.plan = plan;
  }

  /** Returns every two ranges that are in use at the same time and overlap without a reason. */
  static List<String> conflicts(Plan plan) {
    return new Lifetimes(plan).find();
  }

  private List<String> find() {
    for (Node node : plan.graph().nodes()) {
      if (node.spec() instanceof Reshape || node.spec() instanceof View) {
        roots.put(node.outputs().getFirst(), root(node.inputs().getFirst()));
      }
      if (node.spec() instanceof Pack) {
        Value flat = node.outputs().getFirst();
        node.inputs().forEach(input -> packs(root(input)).add(flat));
      }
    }
    List<Range> ranges = ranges();
    List<String> conflicts = new ArrayList<>();
    for (int i = 0; i < ranges.size(); i++) {
      for (int j = i + 1; j < ranges.size(); j++) {
        Range a = ranges.get(i);
        Range b = ranges.get(j);
        if (a.sharesBytesWith(b) && a.isAliveWith(b) && !mayShare(a, b)) {
          conflicts.add(a + " and " + b);
        }
      }
    }
    return conflicts;
  }

  private boolean mayShare(Range a, Range b) {
    return a.takesOver(b)
        || b.takesOver(a)
        || packs(a.value).contains(b.value)
        || packs(b.value).contains(a.value);
  }

  private Set<Value> packs(Value value) {
    return packedIn.computeIfAbsent(value, key -> new HashSet<>());
  }

  private Value root(Value value) {
    return roots.getOrDefault(value, value);
  }

  private List<Range> ranges() {
    List<Step> steps = plan.steps();
    Map<Value, Integer> lastReads = new IdentityHashMap<>();
    for (int i = 0; i < steps.size(); i++) {
      for (Value input : steps.get(i).node().inputs()) {
        lastReads.put(root(input), i);
      }
    }
    plan.graph().outputs().forEach(output -> lastReads.put(root(output), steps.size()));
    List<Range> ranges = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      for (int k = 0; k < step.outputs().size(); k++) {
        if (step.outputs().get(k).owner() == null) {
          Value output = step.node().outputs().get(k);
          Set<Value> overwritten = new HashSet<>();
          step.node()
              .spec()
              .overwrites(k)
              .ifPresent(input -> overwritten.add(root(step.node().inputs().get(input))));
          int lastRead = lastReads.getOrDefault(output, i);
          ranges.add(new Range(output, step.outputs().get(k), i, lastRead, overwritten));
        }
      }
      Value scratch =
          new Value("workspace of " + step.node().name(), step.node().outputs().getFirst().type());
      ranges.add(new Range(scratch, step.workspace(), i, i, Set.of()));
    }
    return ranges;
  }
}
