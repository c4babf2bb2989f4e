package dev.kiln.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Backend;
import dev.kiln.backend.ComputeOptions;
import dev.kiln.backend.Precision;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.Graph;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.graph.Ops;
import dev.kiln.op.Conv2d;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whether products of F32 round their operands to TF32 is what the backend was opened for. */
class Tf32Test {

  /** One and a bit: TF32, with 10 bits of fraction, drops the bit. */
  private static final float ALMOST_ONE = 1 + 0x1p-12f;

  interface Product {
    Value of(Ops ops, Value a, Value b);
  }

  static Stream<Arguments> products() {
    return Stream.of(
        Arguments.of("matrix product", Shape.of(1, 1), (Product) Ops::matmul),
        Arguments.of(
            "convolution",
            Shape.of(1, 1, 1, 1),
            (Product) (ops, a, b) -> ops.conv2d(Conv2d.PLAIN, a, b)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("products")
  void roundsOperandsOnlyWhereItIsAskedFor(String name, Shape shape, Product product) {
    assertThat(squareOfAlmostOne(Precision.FLOAT32, shape, product))
        .isEqualTo(ALMOST_ONE * ALMOST_ONE);
    assertThat(squareOfAlmostOne(Precision.TF32, shape, product)).isEqualTo(1);
  }

  private static double squareOfAlmostOne(Precision precision, Shape shape, Product product) {
    GraphBuilder graph = new GraphBuilder();
    Value x = graph.input("x", TensorType.of(DType.F32, shape));
    Value y = product.of(graph.ops(), x, x);
    Graph built = graph.build(y);
    try (Backend backend = CudaOnHost.provider().open(0, ComputeOptions.DEFAULT.with(precision));
        Variables held = new Variables(backend);
        Session session = Session.open(backend, built, held)) {
      session.feed(x, Tensor.of(shape, ALMOST_ONE));
      session.run();
      return session.read(y).item();
    }
  }
}
