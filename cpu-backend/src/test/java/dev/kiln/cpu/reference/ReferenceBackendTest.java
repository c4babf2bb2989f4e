package dev.kiln.cpu.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.backend.Backend;
import dev.kiln.backend.BackendUnavailableException;
import dev.kiln.backend.Backends;
import dev.kiln.backend.Memory;
import dev.kiln.backend.OutOfMemoryException;
import dev.kiln.backend.UnsupportedSpecException;
import dev.kiln.op.Binary;
import dev.kiln.op.OpSpec;
import dev.kiln.op.PrivateSpec;
import dev.kiln.op.Reshape;
import dev.kiln.op.Unary;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Layout;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReferenceBackendTest {

  private final ReferenceBackend backend = new ReferenceBackend();

  private record Foreign() implements PrivateSpec {
    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      return inputs;
    }
  }

  private void assertRefused(OpSpec spec, TensorType type, String reason) {
    assertThatThrownBy(() -> backend.compile(spec, List.of(type), List.of(type)))
        .isInstanceOf(UnsupportedSpecException.class)
        .hasMessageContaining("backend reference cannot run")
        .hasMessageContaining(type.toString())
        .hasMessageContaining(reason);
  }

  @Test
  void isFoundByNameAndTellsWhatItRunsOn() {
    try (Backend found = Backends.open("reference", 0)) {
      assertThat(found).isInstanceOf(ReferenceBackend.class);
      assertThat(found.description()).contains("Java 25").endsWith("1 thread");
    }
  }

  @Test
  void hasOneDevice() {
    assertThatThrownBy(() -> Backends.open("reference", 1))
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessageContaining("only device 0");
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void roundsWhatItComputesOnceWhenItIsStored(DType dtype) {
    Tensor third = Tensor.of(Shape.of(2), 1f / 3, -0.1f).to(dtype);
    Tensor sum = Running.first(Binary.ADD, third, third);
    assertThat(sum.toDoubleArray())
        .containsExactly(rounded(dtype, 2 * third.get(0)), rounded(dtype, 2 * third.get(1)));
  }

  private static double rounded(DType dtype, double value) {
    return Tensor.of(Shape.SCALAR, value).to(dtype).item();
  }

  @Test
  void refusesOpaqueBytes() {
    assertRefused(new Reshape(Shape.of(2)), TensorType.of(DType.OPAQUE, 2), "not with OPAQUE");
  }

  @Test
  void refusesPrivateLayoutsAndOperations() {
    Layout blocked = (dtype, shape) -> 64;
    assertRefused(
        Unary.RELU, TensorType.of(DType.F32, 2).withLayout(blocked), "no layout but row-major");
    assertRefused(new Foreign(), TensorType.of(DType.F32, 2), "private to the backend");
  }

  @Test
  void plansNameTheClass() {
    TensorType type = TensorType.of(DType.F32, 2);
    assertThat(backend.compile(Binary.ADD, List.of(type, type), List.of(type)).describe())
        .isEqualTo("ReferenceBinary");
    OpSpec gradient = new Unary.Grad(Unary.TANH);
    assertThat(backend.compile(gradient, List.of(type, type), List.of(type)).describe())
        .isEqualTo("ReferenceUnary.Grad");
  }

  @Test
  void memoryIsCopiedInAndOut() {
    try (Memory memory = backend.allocate(8)) {
      backend.write(memory.buffer(), MemorySegment.ofArray(new float[] {1, 2}));
      float[] copy = new float[2];
      backend.read(memory.buffer(), MemorySegment.ofArray(copy));
      assertThat(copy).containsExactly(1, 2);
    }
  }

  @Test
  void refusesMoreMemoryThanThereIs() {
    long tooMuch = backend.availableBytes() * 4;
    assertThatThrownBy(() -> backend.allocate(tooMuch)).isInstanceOf(OutOfMemoryException.class);
  }
}
