package dev.kiln.cpu.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Memory;
import dev.kiln.cpu.memory.HostBuffer;
import dev.kiln.cpu.memory.HostMemory;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** What is promised of the order of sequences, whatever their lengths. */
class SequenceOrderProperties {

  private static final int STEPS = 7;

  @Property(tries = 200)
  void theLongestComeFirstAndOthersKeepTheirOrder(
      @ForAll @Size(min = 1, max = 12) @IntRange(min = -1, max = STEPS + 1) int[] lengths) {
    SequenceOrder order = read(lengths);
    int[] valid =
        Arrays.stream(lengths).map(length -> length > STEPS ? 0 : Math.max(0, length)).toArray();
    int[] expected =
        IntStream.range(0, valid.length)
            .boxed()
            .sorted((a, b) -> Integer.compare(valid[b], valid[a]))
            .mapToInt(Integer::intValue)
            .toArray();
    for (int row = 0; row < valid.length; row++) {
      assertThat(order.sequence(row)).isEqualTo(expected[row]);
      assertThat(order.length(row)).isEqualTo(valid[expected[row]]);
    }
    assertThat(order.longest()).isEqualTo(Arrays.stream(valid).max().orElseThrow());
    for (int turn = 0; turn <= STEPS; turn++) {
      int at = turn;
      assertThat(order.active(turn))
          .isEqualTo((int) Arrays.stream(valid).filter(length -> length > at).count());
    }
  }

  private static SequenceOrder read(int[] lengths) {
    SequenceOrder order = new SequenceOrder(lengths.length, STEPS);
    try (Memory memory = HostMemory.allocate((long) lengths.length * Long.BYTES)) {
      long[] values = Arrays.stream(lengths).asLongStream().toArray();
      HostBuffer.of(memory.buffer()).write(MemorySegment.ofArray(values));
      order.reading(memory.buffer()).run();
    }
    return order;
  }

  @Property(tries = 20)
  void sequencesOfOneLengthStayAsTheyAre(@ForAll @IntRange(min = 1, max = 9) int batch) {
    SequenceOrder order = new SequenceOrder(batch, STEPS);
    for (int row = 0; row < batch; row++) {
      assertThat(order.sequence(row)).isEqualTo(row);
      assertThat(order.step(row, 0, 2)).isEqualTo(2);
      assertThat(order.step(row, 1, 2)).isEqualTo(STEPS - 3);
    }
    assertThat(order.active(STEPS - 1)).isEqualTo(batch);
    assertThat(order.active(STEPS)).isZero();
  }
}
