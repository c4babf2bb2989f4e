package dev.kiln.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Backend;
import dev.kiln.exec.Plan;
import dev.kiln.exec.Planner;
import dev.kiln.exec.Step;
import dev.kiln.graph.Graph;
import dev.kiln.graph.Node;
import dev.kiln.op.OptimizerStep;
import dev.kiln.op.WhereFinite;
import dev.kiln.tensor.DType;
import java.util.OptionalInt;

/** Checks operations whose results lie in the memory of an operand, and what guards them. */
final class OverwritingChecks {

  private OverwritingChecks() {}

  /** Whether a result of the operation may take over an operand's memory. */
  static boolean applyTo(Sample sample) {
    return !SampleGraph.overwritten(sample, DType.F32).isEmpty();
  }

  /** Results in the memory of operands that die with the operation are the same. */
  static void dyingOperands(Sample sample, Backend backend, Backend reference) {
    SampleGraph graph = SampleGraph.overDyingOperands(sample, DType.F32);
    new Results(sample.name(), graph.run(backend))
        .areClose(sample.tolerance(), SampleGraph.forward(sample, DType.F64).run(reference));
    assertTakesOver(sample, graph.graph(), backend);
  }

  /** Proves that the check of results tests what it says: the plan does share the memory. */
  private static void assertTakesOver(Sample sample, Graph graph, Backend backend) {
    try (Plan plan = Planner.plan(backend, graph)) {
      plan.steps().stream()
          .filter(step -> step.node().spec().equals(sample.spec()))
          .forEach(OverwritingChecks::assertTakesOver);
    }
  }

  private static void assertTakesOver(Step step) {
    Node node = step.node();
    for (int k = 0; k < step.outputs().size(); k++) {
      OptionalInt overwritten = node.spec().overwrites(k);
      if (overwritten.isPresent()) {
        int input = overwritten.getAsInt();
        assertThat(step.outputs().get(k).equals(step.inputs().get(input)))
            .isEqualTo(node.inputs().get(input).type().equals(node.outputs().get(k).type()));
      }
    }
  }

  /** Results in the memory of variables are the same. */
  static void variables(Sample sample, Backend backend, Backend reference) {
    new Results(sample.name(), SampleGraph.updating(sample, DType.F32).run(backend))
        .areClose(sample.tolerance(), SampleGraph.updating(sample, DType.F64).run(reference));
  }

  /** Whether the sample updates variables under a guard that is not finite. */
  static boolean isHeld(Sample sample) {
    int guard =
        switch (sample.spec()) {
          case WhereFinite _ -> 0;
          case OptimizerStep step -> step.guardIndex();
          default -> Integer.MAX_VALUE;
        };
    return guard < sample.operands().size()
        && !Double.isFinite(sample.values(DType.F64).get(guard).get(0));
  }

  /** Under such a guard variables keep every bit. */
  static void guardKeepsBits(Sample sample, Backend backend) {
    SampleGraph graph = SampleGraph.updating(sample, DType.F32);
    new Results(sample.name(), graph.run(backend)).haveTheBitsOf(graph.variables());
  }
}
