package dev.kiln.bench.roofline;

import dev.kiln.backend.Backend;
import dev.kiln.bench.report.TextTable;
import dev.kiln.bench.workload.Workload;
import dev.kiln.exec.Step;
import dev.kiln.nn.Network;
import dev.kiln.profile.Profile;
import dev.kiln.profile.Subject;
import dev.kiln.tensor.Tensor;
import dev.kiln.train.Learner;
import dev.kiln.train.Optimizer;
import dev.kiln.train.Settings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How far each node of a workload's training step is from its roof. A node that finds its operands
 * in a cache can be faster than memory allows.
 *
 * @param nodes every node that runs, the longest first
 * @param roof what the machine can do
 */
public record Roofline(List<NodeShare> nodes, Roof roof) {

  private static final int WARM_UP_STEPS = 5;

  /**
   * A node's place under the roof.
   *
   * @param name the node
   * @param implementation what runs it
   * @param seconds the median of its times
   * @param cost what it costs at least
   */
  record NodeShare(String name, String implementation, double seconds, Cost cost) {}

  /**
   * Measures a workload, node by node.
   *
   * @param seconds for how long
   */
  public static Roofline of(Workload workload, Backend backend, Roof roof, double seconds) {
    Network network = workload.network(workload.model());
    Settings settings = Settings.of(Optimizer.adam(Workload.RATE));
    try (Learner learner = new Learner(backend, network, workload.sample(), settings)) {
      List<Tensor> batch = workload.drawBatch();
      for (int i = 0; i < WARM_UP_STEPS; i++) {
        learner.train(batch);
      }
      Profile profile = new Profile();
      learner.profile(profile);
      long end = System.nanoTime() + (long) (seconds * 1e9);
      do {
        learner.train(batch);
      } while (System.nanoTime() < end);
      int steps = Math.max(1, profile.timing(Subject.STEP).count());
      Map<Subject, Cost> costs = costs(learner.trainingPlan(workload.batch()).steps());
      List<NodeShare> nodes = new ArrayList<>();
      costs.forEach((subject, cost) ->
          nodes.add(
              new NodeShare(
                  subject.name(),
                  subject.implementation(),
                  profile.timing(subject).nanosPerStep(steps) / 1e9,
                  cost)));
      nodes.sort(Comparator.comparingDouble(NodeShare::seconds).reversed());
      return new Roofline(List.copyOf(nodes), roof);
    }
  }

  /** Nodes that look alike are one subject, and their costs are added as their times are. */
  private static Map<Subject, Cost> costs(List<Step> steps) {
    Map<Subject, Cost> costs = new LinkedHashMap<>();
    for (Step step : steps) {
      String result =
          step.node().outputs().isEmpty() ? "" : step.node().outputs().getFirst().type().toString();
      Subject subject =
          new Subject(
              step.node().name(), step.node().spec().opName(), step.op().describe(), result);
      costs.merge(
          subject,
          Cost.of(step),
          (a, b) -> new Cost(a.operations() + b.operations(), a.bytes() + b.bytes()));
    }
    return costs;
  }

  /** Returns the time of a step with every node on its own, in seconds. */
  public double seconds() {
    return nodes.stream().mapToDouble(NodeShare::seconds).sum();
  }

  /** Returns which share of a step's time the roof would leave. */
  public double share() {
    return nodes.stream().mapToDouble(node -> node.cost.shortestSeconds(roof)).sum() / seconds();
  }

  /** Returns a row for each node that takes a noticeable part of the step. */
  public TextTable table() {
    TextTable table =
        new TextTable("node", "runs", "µs", "of step", "GFLOP/s", "GB/s", "limit", "of roof");
    for (NodeShare node : nodes) {
      if (node.seconds < seconds() / 200) {
        continue;
      }
      table.row(
          node.name,
          node.implementation,
          "%,.0f".formatted(1e6 * node.seconds),
          "%.0f%%".formatted(100 * node.seconds / seconds()),
          node.cost.operations() == 0
              ? ""
              : "%.0f".formatted(node.cost.operations() / node.seconds / 1e9),
          "%.1f".formatted(node.cost.bytes() / node.seconds / 1e9),
          node.cost.isLimitedByArithmetic(roof) ? "arithmetic" : "memory",
          "%.0f%%".formatted(100 * node.cost.shortestSeconds(roof) / node.seconds));
    }
    return table;
  }
}
