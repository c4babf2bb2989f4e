package dev.kiln.cuda;

import dev.kiln.backend.Backend;
import dev.kiln.backend.BackendProvider;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.Graph;
import dev.kiln.op.Value;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.List;

/** What a graph computes of inputs that are made up. */
final class GraphRuns {

  /** Makes up inputs. */
  interface Inputs {

    /** Returns a tensor of a type, with other numbers for every input. */
    Tensor of(TensorType type, int input);
  }

  private GraphRuns() {}

  /** Returns the outputs of the second run, which CUDA does by a recorded graph. */
  static List<Tensor> outputs(BackendProvider provider, Graph graph, Inputs inputs) {
    try (Backend backend = provider.open(0);
        Variables held = new Variables(backend);
        Session session = Session.open(backend, graph, held)) {
      for (int i = 0; i < graph.inputs().size(); i++) {
        Value input = graph.inputs().get(i);
        session.feed(input, inputs.of(input.type(), i));
      }
      session.run();
      session.run();
      return graph.outputs().stream().map(session::read).toList();
    }
  }
}
