package dev.kiln.bench.roofline;

import dev.kiln.backend.Backend;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;

/** A product of two matrices on a backend, again and again: its sgemm. It owns the session. */
public final class MatrixProduct implements AutoCloseable {

  private static final int LARGE = 1024;
  private static final int REPEATS = 100;

  private final Backend backend;
  private final double operations;
  private final Variables variables;
  private final Session session;

  /** Prepares a product {@code [rows, inner] · [inner, columns] -> [rows, columns]}. */
  public MatrixProduct(Backend backend, int rows, int inner, int columns) {
    this.backend = backend;
    this.operations = 2.0 * rows * inner * columns;
    this.variables = new Variables(backend);
    GraphBuilder graph = new GraphBuilder();
    Value a = graph.input("a", TensorType.of(DType.F32, rows, inner));
    Value b = graph.input("b", TensorType.of(DType.F32, inner, columns));
    this.session = Session.open(backend, graph.build(graph.ops().matmul(a, b)), variables);
    session.feed(a, uniform(a.type(), 0));
    session.feed(b, uniform(b.type(), 1));
  }

  private static Tensor uniform(TensorType type, int stream) {
    double[] values = new double[Math.toIntExact(type.elements())];
    new Philox(1, stream, 0).fillUniform(values);
    Tensor tensor = Tensor.allocate(type);
    for (int i = 0; i < values.length; i++) {
      tensor.set(i, values[i]);
    }
    return tensor;
  }

  /** Computes the product once, and waits for it. */
  public void run() {
    session.run();
    backend.synchronize();
  }

  /** Returns the floating-point operations of one product. */
  public double operations() {
    return operations;
  }

  /** Returns the best rate of several large products, in operations per second. */
  static double bestRate(Backend backend) {
    try (MatrixProduct product = new MatrixProduct(backend, LARGE, LARGE, LARGE)) {
      double best = 0;
      for (int i = 0; i < REPEATS; i++) {
        long begin = System.nanoTime();
        product.run();
        best = Math.max(best, product.operations() / (System.nanoTime() - begin) * 1e9);
      }
      return best;
    }
  }

  @Override
  public void close() {
    session.close();
    variables.close();
  }
}
