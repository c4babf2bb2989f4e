package dev.kiln.cpu.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.backend.OutOfMemoryException;
import dev.kiln.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostMemoryTest {

  @AfterEach
  void liftTheLimit() {
    System.clearProperty(MemoryLimit.PROPERTY);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 63, 64, 65, 4097, 1_000_000})
  void isAlignedAndZero(long bytes) {
    try (HostMemory memory = HostMemory.allocate(bytes)) {
      assertThat(memory.buffer().bytes()).isEqualTo(bytes);
      assertThat(memory.buffer().segment().address() % Tensor.ALIGNMENT).isZero();
      assertThat(memory.buffer().segment().toArray(ValueLayout.JAVA_BYTE))
          .isEqualTo(new byte[(int) bytes]);
    }
  }

  @Test
  void slicesShareTheMemory() {
    try (HostMemory memory = HostMemory.allocate(16)) {
      memory.buffer().slice(8, 4).segment().set(ValueLayout.JAVA_INT, 0, 42);
      assertThat(memory.buffer().segment().get(ValueLayout.JAVA_INT, 8)).isEqualTo(42);
    }
  }

  @Test
  void copiesInAndOut() {
    try (HostMemory memory = HostMemory.allocate(3);
        Arena arena = Arena.ofConfined()) {
      memory.buffer().write(MemorySegment.ofArray(new byte[] {1, 2, 3}));
      MemorySegment copy = arena.allocate(3);
      memory.buffer().read(copy);
      assertThat(copy.toArray(ValueLayout.JAVA_BYTE)).containsExactly(1, 2, 3);
    }
  }

  @Test
  void refusesToCopyAnotherLength() {
    try (HostMemory memory = HostMemory.allocate(4)) {
      MemorySegment three = MemorySegment.ofArray(new byte[3]);
      assertThatThrownBy(() -> memory.buffer().write(three))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("4 bytes")
          .hasMessageContaining("has 3");
      assertThatThrownBy(() -> memory.buffer().read(three))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void cannotBeUsedAfterClose() {
    HostMemory memory = HostMemory.allocate(8);
    memory.close();
    memory.close();
    assertThatThrownBy(() -> memory.buffer().segment().get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void refusesMoreThanTheMachineHas() {
    assertThat(HostMemory.availableBytes()).isPositive();
    assertThatThrownBy(() -> HostMemory.allocate(1L << 60))
        .isInstanceOf(OutOfMemoryException.class)
        .hasMessageContaining("1,152,921,504,606,846,976");
  }

  @Test
  void countsHeldMemoryAgainstTheLimit() {
    System.setProperty(MemoryLimit.PROPERTY, "1000");
    try (HostMemory memory = HostMemory.allocate(600)) {
      assertThat(memory.buffer().bytes()).isEqualTo(600);
      assertThat(HostMemory.availableBytes()).isEqualTo(400);
      assertThatThrownBy(() -> HostMemory.allocate(401)).isInstanceOf(OutOfMemoryException.class);
    }
    assertThat(HostMemory.availableBytes()).isEqualTo(1000);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1000, 1000", "3K, 3072", "2M, 2097152", "4G, 4294967296"})
  void readsSizes(String size, long bytes) {
    assertThat(MemoryLimit.parse(size)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "G", "-1", "1.5G", "12 M", "1T", "99999999999999999999"})
  void refusesOtherSizes(String size) {
    assertThatThrownBy(() -> MemoryLimit.parse(size))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + size + "'");
  }
}
