package dev.kiln.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Memory;
import dev.kiln.backend.Op;
import dev.kiln.backend.UnsupportedSpecException;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import dev.kiln.testkit.OpSamples;
import dev.kiln.testkit.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Every operand of every operation in memory of its own, with guards around it: nothing is written
 * outside.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperandGuardsTest {

  private Backend backend;

  @BeforeAll
  void open() {
    backend = CudaOnHost.provider().open(0);
    CudaOnHost.reset();
  }

  @AfterAll
  void close() {
    if (backend != null) {
      backend.close();
      assertThat(CudaOnHost.report()).isEmpty();
    }
  }

  @TestFactory
  Stream<DynamicTest> nothingIsWrittenOutsideAnOperand() {
    return OpSamples.all().stream()
        .map(sample -> DynamicTest.dynamicTest(sample.name(), () -> runWithGuards(sample)));
  }

  private void runWithGuards(Sample sample) {
    List<TensorType> inputs = sample.types(DType.F32);
    List<TensorType> outputs = sample.spec().infer(inputs);
    List<Tensor> values = sample.values(DType.F32);
    List<Memory> memories = new ArrayList<>();
    try (Op op = backend.compile(sample.spec(), inputs, outputs)) {
      List<Buffer> from = allocate(inputs, memories);
      List<Buffer> to = allocate(outputs, memories);
      Memory workspace = backend.allocate(op.workspaceBytes());
      memories.add(workspace);
      for (int i = 0; i < from.size(); i++) {
        backend.write(from.get(i), values.get(i).data());
      }
      Kernel kernel = op.bind(from, to, workspace.buffer());
      kernel.run();
      backend.synchronize();
    } catch (UnsupportedSpecException unsupported) {
      Assumptions.abort(unsupported.getMessage());
    } finally {
      memories.forEach(Memory::close);
    }
    assertThat(CudaOnHost.report().lines().filter(line -> !line.contains("not freed"))).isEmpty();
  }

  private List<Buffer> allocate(List<TensorType> types, List<Memory> memories) {
    List<Buffer> buffers = new ArrayList<>();
    for (TensorType type : types) {
      Memory memory = backend.allocate(type.bytes());
      memories.add(memory);
      buffers.add(memory.buffer());
    }
    return buffers;
  }
}
