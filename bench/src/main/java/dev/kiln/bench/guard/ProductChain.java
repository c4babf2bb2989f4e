package dev.kiln.bench.guard;

import dev.kiln.backend.Backend;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;

/**
 * Square matrix products in a row, each of which reads the last one's result transposed: with two
 * threads half of what a thread reads has been written by the other. So the time of a chain depends
 * on the speed of the backend's products, of meetings of the threads and of data on its way from
 * core to core, as that of a training step does; the smaller the matrices, the less on the
 * products.
 */
final class ProductChain implements AutoCloseable {

  private static final int LINKS = 8;

  private final Backend backend;
  private final Variables variables;
  private final Session session;

  /** Prepares a chain of products of {@code [size, size]} matrices. */
  ProductChain(Backend backend, int size) {
    this.backend = backend;
    this.variables = new Variables(backend);
    GraphBuilder graph = new GraphBuilder();
    TensorType type = TensorType.of(DType.F32, size, size);
    Value first = graph.input("first", type);
    Value factor = graph.input("factor", type);
    Value product = first;
    for (int i = 0; i < LINKS; i++) {
      product = graph.ops().matmul(graph.ops().transpose(product, 1, 0), factor);
    }
    this.session = Session.open(backend, graph.build(product), variables);
    session.feed(first, uniform(type, 0));
    session.feed(factor, uniform(type, 1));
  }

  /** Numbers whose products neither grow nor vanish: of variance one over the size. */
  private static Tensor uniform(TensorType type, int stream) {
    double[] values = new double[Math.toIntExact(type.elements())];
    new Philox(1, stream, 0).fillUniform(values);
    double width = Math.sqrt(12.0 / type.shape().dim(0));
    Tensor tensor = Tensor.allocate(type);
    for (int i = 0; i < values.length; i++) {
      tensor.set(i, width * (values[i] - 0.5));
    }
    return tensor;
  }

  /** Computes all products once, and waits for them. */
  void run() {
    session.run();
    backend.synchronize();
  }

  @Override
  public void close() {
    session.close();
    variables.close();
  }
}
