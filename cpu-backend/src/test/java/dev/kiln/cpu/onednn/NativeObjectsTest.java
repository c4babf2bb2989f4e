package dev.kiln.cpu.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.backend.BackendUnavailableException;
import dev.kiln.tensor.ChannelsLast;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Layout;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NativeObjectsTest {

  @Test
  void aScopeFreesTheNewestFirstAndEachOnce() {
    List<Long> freed = new ArrayList<>();
    NativeScope scope = new NativeScope();
    for (long address = 1; address <= 3; address++) {
      MemorySegment handle = MemorySegment.ofAddress(address);
      scope.create(
          out -> out.set(ValueLayout.ADDRESS, 0, handle), object -> freed.add(object.address()));
    }
    scope.close();
    scope.close();
    assertThat(freed).containsExactly(3L, 2L, 1L);
  }

  @Test
  void aFailedCallNamesTheFunctionAndTheStatus() {
    try (NativeScope scope = new NativeScope()) {
      assertThatThrownBy(() -> MemoryDesc.rowMajor(scope, -5, 3))
          .isInstanceOf(OneDnnException.class)
          .hasMessage("dnnl_memory_desc_create_with_strides failed: invalid arguments");
    }
  }

  @Test
  void aPackedLayoutDescribesWhatItWasMadeOf() {
    try (NativeScope scope = new NativeScope()) {
      MemoryDesc padded = MemoryDesc.strided(scope, new long[] {3, 5}, 8, 1);
      PackedLayout layout = PackedLayout.of(padded, 3, 5);
      assertThat(layout.describe(scope).sameAs(padded)).isTrue();
      assertThat(layout.bytes(DType.F32, Shape.of(3, 5))).isEqualTo(3 * 8 * Float.BYTES);
      assertThat(layout)
          .isEqualTo(PackedLayout.of(padded, 3, 5))
          .isNotEqualTo(PackedLayout.of(MemoryDesc.rowMajor(scope, 3, 5), 3, 5));
    }
  }

  @Test
  void channelsLastIsRowMajorWhereThatIsTheSameOrder() {
    assertThat(ChannelsLast.of(Shape.of(2, 3, 4, 5))).isEqualTo(ChannelsLast.LAYOUT);
    assertThat(ChannelsLast.of(Shape.of(2, 1, 4, 5))).isEqualTo(Layout.ROW_MAJOR);
    assertThat(ChannelsLast.of(Shape.of(2, 3, 1, 1))).isEqualTo(Layout.ROW_MAJOR);
  }

  @Test
  void aTypeIsDescribedWhereItLies() {
    try (NativeScope scope = new NativeScope()) {
      TensorType type =
          TensorType.of(DType.F32, 2, 3, 4, 5).withLayout(ChannelsLast.of(Shape.of(2, 3, 4, 5)));
      assertThat(
              MemoryDesc.of(scope, type)
                  .sameAs(MemoryDesc.strided(scope, new long[] {2, 3, 4, 5}, 60, 1, 15, 3)))
          .isTrue();
    }
  }

  @Test
  void thereIsOneDevice() {
    assertThatThrownBy(() -> new OneDnnProvider().open(1))
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessage("the onednn backend has only device 0, but 1 was asked for");
  }
}
