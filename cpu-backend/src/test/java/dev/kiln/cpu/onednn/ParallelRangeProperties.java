package dev.kiln.cpu.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ParallelRangeProperties {

  @Property
  void sharesFollowEachOtherAndCoverEverything(
      @ForAll @IntRange(min = 0, max = Integer.MAX_VALUE - 1) int elements,
      @ForAll @IntRange(min = 1, max = 257) int parts,
      @ForAll @IntRange(min = 1, max = 64) int grain) {
    ParallelRange range = new ParallelRange(elements, parts, grain);
    assertThat(range.start(0)).isZero();
    for (int part = 0; part < parts; part++) {
      assertThat(range.start(part)).isLessThanOrEqualTo(range.end(part));
      if (range.end(part) < elements) {
        assertThat(range.end(part) % grain).isZero();
      }
    }
    assertThat(range.end(parts - 1)).isEqualTo(elements);
  }

  @Property
  void noShareIsMoreThanOneGrainLargerThanAnother(
      @ForAll @IntRange(min = 0, max = 100_000) int grains,
      @ForAll @IntRange(min = 1, max = 257) int parts) {
    ParallelRange range = new ParallelRange(grains * 16, parts, 16);
    for (int part = 0; part < parts; part++) {
      int size = range.end(part) - range.start(part);
      assertThat(size).isBetween(grains / parts * 16, (grains / parts + 1) * 16);
    }
  }
}
