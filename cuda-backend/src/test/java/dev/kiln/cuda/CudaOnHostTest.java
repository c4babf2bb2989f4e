package dev.kiln.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Backend;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.op.Binary;
import dev.kiln.op.Linear;
import dev.kiln.op.Unary;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The whole path from a graph to results: memory, kernels, cuBLAS, recorded graphs, and nothing
 * left behind.
 */
class CudaOnHostTest {

  @Test
  void aRecordedSequenceComputesWhatTheFirstRunDid() {
    try (Backend backend = CudaOnHost.provider().open(0)) {
      CudaOnHost.reset();
      GraphBuilder graph = new GraphBuilder();
      Value x = graph.input("x", TensorType.of(DType.F32, 2, 3));
      Value weight = graph.input("weight", TensorType.of(DType.F32, 2, 3));
      Value bias = graph.input("bias", TensorType.of(DType.F32, 2));
      Value linear = graph.apply(new Linear(), x, weight, bias);
      Value y = graph.apply(Binary.ADD, graph.apply(Unary.SQUARE, linear), bias);
      try (Variables held = new Variables(backend);
          Session session = Session.open(backend, graph.build(List.of(y)), held)) {
        session.feed(weight, Tensor.of(Shape.of(2, 3), new float[] {1, 0, 0, 0, 1, 1}));
        session.feed(bias, Tensor.of(Shape.of(2), new float[] {0.5f, -1}));
        for (int run = 0; run < 4; run++) {
          session.feed(x, Tensor.of(Shape.of(2, 3), new float[] {run, 2, 3, 4, 5, 6}));
          session.run();
          float first = run + 0.5f;
          assertThat(session.read(y).toFloatArray())
              .containsExactly(first * first + 0.5f, 15, 4.5f * 4.5f + 0.5f, 99);
        }
      }
    }
    assertThat(CudaOnHost.report()).isEmpty();
  }
}
