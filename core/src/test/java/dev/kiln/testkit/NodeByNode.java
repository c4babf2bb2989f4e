package dev.kiln.testkit;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Memory;
import dev.kiln.backend.Op;
import dev.kiln.graph.Graph;
import dev.kiln.graph.Node;
import dev.kiln.op.Reshape;
import dev.kiln.op.Value;
import dev.kiln.op.View;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Evaluates a graph without a plan: every value has memory of its own and nothing is lowered. What
 * a session computes must be the same, however it shares memory.
 */
public final class NodeByNode {

  private NodeByNode() {}

  /**
   * Returns the value of everything in the graph.
   *
   * @param given the graph's inputs and variables
   */
  public static Map<Value, Tensor> evaluate(
      Backend backend, Graph graph, Map<Value, Tensor> given) {
    Map<Value, Tensor> values = new IdentityHashMap<>(given);
    for (Node node : graph.nodes()) {
      List<Tensor> inputs = node.inputs().stream().map(values::get).toList();
      List<Tensor> outputs = evaluate(backend, node, inputs);
      for (int i = 0; i < outputs.size(); i++) {
        values.put(node.outputs().get(i), outputs.get(i));
      }
    }
    return values;
  }

  private static List<Tensor> evaluate(Backend backend, Node node, List<Tensor> inputs) {
    TensorType first = node.outputs().getFirst().type();
    if (node.spec() instanceof Reshape) {
      return List.of(Tensor.wrap(first, inputs.getFirst().data()));
    }
    if (node.spec() instanceof View view) {
      long offset = view.offset() * first.dtype().bytes();
      MemorySegment part = inputs.getFirst().data().asSlice(offset, first.bytes());
      return List.of(Tensor.wrap(first, part));
    }
    List<Memory> memories = new ArrayList<>();
    try (Op op =
        backend.compile(node.spec(), Graph.types(node.inputs()), Graph.types(node.outputs()))) {
      for (Tensor input : inputs) {
        Memory memory = backend.allocate(input.type().bytes());
        memories.add(memory);
        backend.write(memory.buffer(), input.data());
      }
      node.outputs().forEach(output -> memories.add(backend.allocate(output.type().bytes())));
      memories.add(backend.allocate(Math.max(1, op.workspaceBytes())));
      List<Memory> results = memories.subList(inputs.size(), memories.size() - 1);
      Kernel kernel =
          op.bind(
              memories.subList(0, inputs.size()).stream().map(Memory::buffer).toList(),
              results.stream().map(Memory::buffer).toList(),
              memories.getLast().buffer());
      kernel.run();
      List<Tensor> outputs = new ArrayList<>();
      for (int i = 0; i < results.size(); i++) {
        Tensor output = Tensor.allocate(node.outputs().get(i).type());
        backend.read(results.get(i).buffer(), output.data());
        outputs.add(output);
      }
      return outputs;
    } finally {
      memories.forEach(Memory::close);
    }
  }
}
