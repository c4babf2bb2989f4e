package dev.kiln.cuda;

import dev.kiln.graph.Graph;
import dev.kiln.graph.Node;
import dev.kiln.op.BatchNorm;
import dev.kiln.op.Value;
import dev.kiln.tensor.ChannelsLast;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets the batch normalizations of images whose channels lie last keep for their gradients what
 * cuDNN wants to keep: without that reserve it does not run its kernels for them.
 */
final class BatchNormReserves {

  private static final int MEAN = 2;

  private final CudaEngine engine;

  /** By the means that a normalization computes, its reserve. */
  private final Map<Value, Value> reserves = new IdentityHashMap<>();

  private BatchNormReserves(CudaEngine engine) {
    this.engine = engine;
  }

  /** Returns the graph in which such normalizations have a reserve. */
  static Graph apply(CudaEngine engine, Graph graph) {
    BatchNormReserves reserves = new BatchNormReserves(engine);
    List<Node> nodes = graph.nodes().stream().map(reserves::rewrite).toList();
    return new Graph(graph.inputs(), graph.variables(), nodes, graph.outputs(), graph.updates());
  }

  private Node rewrite(Node node) {
    if (node.spec() instanceof BatchNorm norm && isChannelsLast(node)) {
      TensorType x = node.inputs().getFirst().type();
      ReserveLayout layout = CudnnReservedBatchNorm.reserve(engine, x);
      Value reserve =
          new Value(node.name() + ".reserve", ReservedBatchNorm.RESERVE_TYPE.withLayout(layout));
      reserves.put(node.outputs().get(1), reserve);
      return new Node(
          node.name(), new ReservedBatchNorm(norm), node.inputs(), with(node.outputs(), reserve));
    }
    if (node.spec() instanceof BatchNorm.Grad grad && isChannelsLast(node)) {
      Value reserve = reserves.get(node.inputs().get(MEAN));
      if (reserve != null) {
        return new Node(
            node.name(),
            new ReservedBatchNorm.Grad(grad),
            with(node.inputs(), reserve),
            node.outputs());
      }
    }
    return node;
  }

  private static boolean isChannelsLast(Node node) {
    return node.inputs().getFirst().type().layout() == ChannelsLast.LAYOUT;
  }

  private static List<Value> with(List<Value> values, Value last) {
    List<Value> all = new ArrayList<>(values);
    all.add(last);
    return all;
  }
}
