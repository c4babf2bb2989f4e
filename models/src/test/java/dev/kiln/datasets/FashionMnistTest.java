package dev.kiln.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kiln.data.Batch;
import dev.kiln.data.DataSplit;
import dev.kiln.data.Dataset;
import dev.kiln.data.Normalize;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The real data set, where Debian's package dataset-fashion-mnist is installed. */
class FashionMnistTest {

  private static final DataFolders FOLDERS = DataFolders.standard(Optional.empty());

  private final CatalogueEntry entry = Catalogue.entry("fashion-mnist");

  @BeforeEach
  void needsTheData() {
    assumeTrue(entry.isPresent(FOLDERS), "fashion-mnist is not on this machine");
  }

  @Test
  void hasTheOfficialSizesAndBalancedClasses() throws IOException {
    DataSplit split = entry.load(FOLDERS).split();
    assertThat(split.train().describe())
        .isEqualTo("55000 examples of F32[1, 28, 28] in 10 classes");
    assertThat(split.validation().size()).isEqualTo(5_000);
    assertThat(split.test().size()).isEqualTo(10_000);
    assertThat(classCounts(split.train())).containsOnly(5_500);
    assertThat(classCounts(split.validation())).containsOnly(500);
    assertThat(classCounts(split.test())).containsOnly(1_000);
  }

  @Test
  void thePublishedNormalizationFits() throws IOException {
    Normalize again = Normalize.of(entry.load(FOLDERS).split().train());
    assertThat(again.mean().getFirst()).isCloseTo(0, within(0.002f));
    assertThat(again.deviation().getFirst()).isCloseTo(1, within(0.002f));
  }

  private static long[] classCounts(Dataset dataset) {
    long[] counts = new long[dataset.classNames().size()];
    Batch one = Batch.allocate(dataset, 1, Arena.ofAuto());
    for (int i = 0; i < dataset.size(); i++) {
      dataset.read(i, one, 0);
      counts[(int) one.targets().get(0)]++;
    }
    assertThat(LongStream.of(counts).sum()).isEqualTo(dataset.size());
    return counts;
  }
}
