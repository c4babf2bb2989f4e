package dev.kiln.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies that overlap with work arrive whole and in order, though the source changes at once. */
class CopiesTest {

  private static final int WRITES = 300;

  @AfterEach
  void nothingIsLeftAndNoRuleOfCudaWasBroken() {
    assertThat(CudaOnHost.report()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 8, 65_536, 65_537, 3_000_000})
  void everyWriteArrivesInItsPlace(long bytes) {
    int writes = bytes > 1_000_000 ? 10 : WRITES;
    try (Arena arena = Arena.ofConfined();
        Backend backend = CudaOnHost.provider().open(0);
        Memory memory = backend.allocate(bytes * writes)) {
      MemorySegment source = arena.allocate(bytes);
      for (int i = 0; i < writes; i++) {
        source.fill((byte) i);
        backend.write(memory.buffer().slice(i * bytes, bytes), source);
      }
      source.fill((byte) -1);
      MemorySegment got = arena.allocate(bytes * writes);
      backend.read(memory.buffer(), got);
      for (int i = 0; i < writes; i++) {
        source.fill((byte) i);
        assertThat(got.asSlice(i * bytes, bytes).mismatch(source)).isEqualTo(-1);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {20_000_003})
  void whatIsLargerThanTheBuffersTravelsInParts(long bytes) {
    try (Arena arena = Arena.ofConfined();
        Backend backend = CudaOnHost.provider().open(0);
        Memory memory = backend.allocate(bytes)) {
      MemorySegment source = arena.allocate(bytes);
      for (long i = 0; i < bytes; i++) {
        source.set(java.lang.foreign.ValueLayout.JAVA_BYTE, i, (byte) (i * 31 + (i >> 13)));
      }
      MemorySegment got = arena.allocate(bytes);
      backend.write(memory.buffer(), source);
      backend.read(memory.buffer(), got);
      assertThat(got.mismatch(source)).isEqualTo(-1);
    }
  }
}
