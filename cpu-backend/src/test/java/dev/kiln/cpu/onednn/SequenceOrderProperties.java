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
  void sequencesAreDealtOutTheLongestFirst(
      @ForAll @Size(min = 1, max = 12) @IntRange(min = -1, max = STEPS + 1) int[] lengths,
      @ForAll @IntRange(min = 1, max = 5) int threads) {
    SequenceOrder order = read(lengths, threads);
    int[] valid =
        Arrays.stream(lengths).map(length -> length > STEPS ? 0 : Math.max(0, length)).toArray();
    int[] longestFirst =
        IntStream.range(0, valid.length)
            .boxed()
            .sorted((a, b) -> Integer.compare(valid[b], valid[a]))
            .mapToInt(Integer::intValue)
            .toArray();
    int row = 0;
    for (int thread = 0; thread < threads; thread++) {
      assertThat(order.first(thread)).isEqualTo(row);
      for (int dealt = thread; dealt < valid.length; dealt += threads) {
        assertThat(order.sequence(row)).isEqualTo(longestFirst[dealt]);
        assertThat(order.length(row)).isEqualTo(valid[longestFirst[dealt]]);
        row++;
      }
      assertThat(order.rows(thread)).isEqualTo(row - order.first(thread));
    }
    assertThat(row).isEqualTo(valid.length);
    assertThat(order.longest()).isEqualTo(Arrays.stream(valid).max().orElseThrow());
  }

  @Property(tries = 200)
  void theFirstRowsOfAThreadAreThoseThatStillRun(
      @ForAll @Size(min = 1, max = 12) @IntRange(min = -1, max = STEPS + 1) int[] lengths,
      @ForAll @IntRange(min = 1, max = 5) int threads) {
    SequenceOrder order = read(lengths, threads);
    for (int turn = 0; turn <= STEPS; turn++) {
      for (int thread = 0; thread < threads; thread++) {
        for (int i = 0; i < order.rows(thread); i++) {
          boolean runs = order.length(order.first(thread) + i) > turn;
          assertThat(i < order.active(turn, thread)).isEqualTo(runs);
        }
      }
    }
  }

  private static SequenceOrder read(int[] lengths, int threads) {
    SequenceOrder order = new SequenceOrder(lengths.length, STEPS, threads);
    try (Memory memory = HostMemory.allocate((long) lengths.length * Long.BYTES)) {
      long[] values = Arrays.stream(lengths).asLongStream().toArray();
      HostBuffer.of(memory.buffer()).write(MemorySegment.ofArray(values));
      order.reading(memory.buffer()).run();
    }
    return order;
  }

  @Property(tries = 20)
  void sequencesOfOneLengthStayAsTheyAre(
      @ForAll @IntRange(min = 1, max = 9) int batch,
      @ForAll @IntRange(min = 1, max = 5) int threads) {
    SequenceOrder order = new SequenceOrder(batch, STEPS, threads);
    for (int row = 0; row < batch; row++) {
      assertThat(order.sequence(row)).isEqualTo(row);
      assertThat(order.step(row, 0, 2)).isEqualTo(2);
      assertThat(order.step(row, 1, 2)).isEqualTo(STEPS - 3);
    }
    for (int thread = 0; thread < threads; thread++) {
      assertThat(order.active(STEPS - 1, thread)).isEqualTo(order.rows(thread));
      assertThat(order.active(STEPS, thread)).isZero();
    }
  }
}
