package dev.kiln.exec;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Op;
import dev.kiln.graph.Graph;
import dev.kiln.graph.Node;
import dev.kiln.graph.Update;
import dev.kiln.op.Reshape;
import dev.kiln.op.Unary;
import dev.kiln.op.Value;
import dev.kiln.op.View;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes a plan of a graph: lowers it, compiles every node, gives every value a place, and copies
 * where an update could not be computed in place.
 */
public final class Planner {

  private Planner() {}

  /**
   * Plans a graph for a backend. The plan owns the compiled operations.
   *
   * @throws dev.kiln.backend.UnsupportedSpecException if the backend cannot run a node
   */
  public static Plan plan(Backend backend, Graph graph) {
    Graph lowered = backend.lower(graph);
    StorageAssignment storage = new StorageAssignment(lowered);
    List<Step> steps = new ArrayList<>();
    List<Op> compiled = new ArrayList<>();
    boolean complete = false;
    try {
      List<Node> nodes = withCopies(lowered, storage);
      List<Storage> workspaces = new ArrayList<>();
      for (int i = 0; i < nodes.size(); i++) {
        Node node = nodes.get(i);
        if (isAlias(node)) {
          continue;
        }
        Op op =
            backend.compile(node.spec(), Graph.types(node.inputs()), Graph.types(node.outputs()));
        compiled.add(op);
        Storage workspace = new Storage(null, op.workspaceBytes());
        workspace.use(i);
        workspaces.add(workspace);
      }
      List<Storage> all = new ArrayList<>(storage.transients());
      all.addAll(workspaces);
      long arenaBytes = ArenaLayout.assign(all);
      for (Node node : nodes) {
        if (!isAlias(node)) {
          int index = steps.size();
          Storage workspace = workspaces.get(index);
          steps.add(
              new Step(
                  node,
                  compiled.get(index),
                  storage.placements(node.inputs()),
                  storage.placements(node.outputs()),
                  new Placement(null, workspace.offset, workspace.bytes)));
        }
      }
      Plan plan =
          new Plan(
              backend.name(), lowered, steps, arenaBytes, storage.placements(lowered.outputs()));
      complete = true;
      return plan;
    } finally {
      if (!complete) {
        compiled.forEach(Op::close);
      }
    }
  }

  /** Whether a node only gives its input another shape, so that nothing has to run. */
  static boolean isAlias(Node node) {
    return node.spec() instanceof View
        || (node.spec() instanceof Reshape && node.inputs().getFirst().type().isRowMajor());
  }

  /** The nodes, followed by a copy for every update that was not computed in place. */
  private static List<Node> withCopies(Graph graph, StorageAssignment storage) {
    List<Node> nodes = new ArrayList<>(graph.nodes());
    for (Update update : graph.updates()) {
      if (!storage.isInPlace(update)) {
        TensorType type = update.variable().type();
        Value copy = new Value(update.variable().name() + ".next", type);
        storage.placeIn(update.variable(), copy);
        nodes.add(new Node("copy", Unary.IDENTITY, List.of(update.next()), List.of(copy)));
      }
    }
    return nodes;
  }
}
