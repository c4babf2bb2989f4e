package dev.kiln.exec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Backend;
import dev.kiln.graph.Graph;
import dev.kiln.graph.Update;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Tensor;
import dev.kiln.testkit.DataflowBackend;
import dev.kiln.testkit.NodeByNode;
import java.util.IdentityHashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What every plan keeps, whatever the graph. */
class PlannerProperties {

  @Property(tries = 500)
  void noTwoRangesInUseAtTheSameTimeOverlap(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int nodes) {
    try (Backend backend = new DataflowBackend();
        Plan plan = Planner.plan(backend, RandomGraphs.draw(seed, nodes))) {
      assertThat(Lifetimes.conflicts(plan)).isEmpty();
    }
  }

  @Property(tries = 500)
  void everythingLiesInsideTheArenaAndAligned(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int nodes) {
    try (Backend backend = new DataflowBackend();
        Plan plan = Planner.plan(backend, RandomGraphs.draw(seed, nodes))) {
      for (Step step : plan.steps()) {
        assertThat(step.workspace().offset() % Storage.ALIGNMENT).isZero();
        assertThat(step.outputs())
            .filteredOn(place -> place.owner() == null)
            .allMatch(place -> place.offset() >= 0)
            .allMatch(place -> place.offset() + place.bytes() <= plan.arenaBytes());
      }
    }
  }

  /** However memory is shared, every step computes what it would with memory for every value. */
  @Property(tries = 300)
  void sharingChangesNothing(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int nodes) {
    Graph graph = RandomGraphs.draw(seed, nodes);
    Map<Value, Tensor> given = new IdentityHashMap<>();
    graph.inputs().forEach(value -> given.put(value, random(value, seed)));
    graph.variables().forEach(value -> given.put(value, random(value, seed)));
    try (Backend backend = new DataflowBackend();
        Variables variables = new Variables(backend);
        Session session = Session.open(backend, graph, variables)) {
      graph.inputs().forEach(input -> session.feed(input, given.get(input)));
      graph.variables().forEach(value -> variables.write(value.name(), given.get(value)));
      for (int step = 0; step < 3; step++) {
        session.run();
        Map<Value, Tensor> expected = NodeByNode.evaluate(backend, graph, given);
        for (Value output : graph.outputs()) {
          assertSame(session.read(output), expected.get(output));
        }
        for (Update update : graph.updates()) {
          Tensor next = expected.get(update.next());
          assertSame(variables.read(update.variable().name()), next);
          given.put(update.variable(), next);
        }
      }
    }
  }

  private static void assertSame(Tensor got, Tensor want) {
    assertThat(got.toFloatArray()).containsExactly(want.toFloatArray());
    assertThat(got.toFloatArray()).doesNotContain(Float.NaN);
  }

  private static Tensor random(Value value, long seed) {
    Tensor tensor = Tensor.allocate(value.type());
    double[] values = new double[Math.toIntExact(value.type().elements())];
    new Philox(seed, value.name().hashCode(), 0).fillNormal(values);
    for (int i = 0; i < values.length; i++) {
      tensor.set(i, value.type().dtype() == DType.I64 ? 1 : values[i]);
    }
    return tensor;
  }
}
