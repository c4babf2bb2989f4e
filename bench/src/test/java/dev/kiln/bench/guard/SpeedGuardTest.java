package dev.kiln.bench.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.bench.report.Machine;
import dev.kiln.bench.workload.Workloads;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Fails when training became slower by more than a quarter against oneDNN's matrix products in the
 * same process. {@code speed-guard.properties} has the ratios recorded for a kind of processor and
 * a number of threads; {@code mvn -pl bench -am test -Dtest=SpeedGuardTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dspeed.record=true} records those of this machine, the
 * median of several measurements, when nothing else runs. What is recorded for {@code avx512-2} is
 * lower than that: gru 0.37 to 0.42 and lenet-64 0.26 to 0.27 in twelve measurements each, but that
 * virtual machine has a slower mood for what passes data between its cores (docs/performance.md),
 * in which gru had 0.22 to 0.25 and lenet-64 0.17 to 0.18 with slightly older kernels.
 *
 * <p>Other programs on the machine make a measurement worse, hardly ever better: so a ratio too low
 * is measured again, and where that does not help while others keep the processors busy, nothing is
 * concluded.
 */
class SpeedGuardTest {

  private static final Path RECORDED = Path.of("speed-guard.properties");
  private static final double LOWEST_SHARE = 0.75;
  private static final double SECONDS = 1.5;
  private static final int ATTEMPTS = 4;
  private static final int RECORDINGS = 5;
  private static final double BUSY = 0.10;

  @ParameterizedTest
  @ValueSource(strings = {"lenet-64", "gru"})
  void trainingIsNoSlowerThanRecorded(String workload) throws IOException {
    assumeTrue(
        Backends.providers().stream()
            .anyMatch(provider ->
                provider.name().equals("onednn") && provider.unavailableReason().isEmpty()),
        "the oneDNN backend is not available here");
    try (Backend backend = Backends.open("onednn", 0)) {
      SpeedRatio ratio = new SpeedRatio(backend);
      String key = Machine.here().kind() + "." + workload;
      if (Boolean.getBoolean("speed.record")) {
        record(key, median(ratio, workload));
      }
      Optional<Double> recorded = recorded(key);
      assumeTrue(
          recorded.isPresent(),
          () -> "no ratio is recorded for " + key + "; record it with -Dspeed.record=true");
      double lowest = LOWEST_SHARE * recorded.orElseThrow();
      double best = 0;
      double calmest = 1;
      for (int attempt = 0; attempt < ATTEMPTS && best < lowest; attempt++) {
        OtherPrograms others = new OtherPrograms();
        best = Math.max(best, measure(ratio, workload));
        calmest = Math.min(calmest, others.share());
      }
      double reached = best;
      double busy = calmest;
      assumeTrue(
          best >= lowest || calmest < BUSY,
          () ->
              "ratio %.4f is below %.4f, but other programs had at least %.0f%% of the processors"
                  .formatted(reached, lowest, 100 * busy));
      assertThat(best)
          .as(
              "time of the products / time of a step of %s, recorded %.4f",
              key, recorded.orElseThrow())
          .isGreaterThanOrEqualTo(lowest);
    }
  }

  private static double median(SpeedRatio ratio, String workload) {
    double[] measured =
        DoubleStream.generate(() -> measure(ratio, workload)).limit(RECORDINGS).sorted().toArray();
    return measured[RECORDINGS / 2];
  }

  private static double measure(SpeedRatio ratio, String workload) {
    return ratio.of(Workloads.find(workload), SECONDS);
  }

  private static Optional<Double> recorded(String key) throws IOException {
    return Optional.ofNullable(load().get(key)).map(Double::valueOf);
  }

  private static Map<String, String> load() throws IOException {
    Properties properties = new Properties();
    properties.load(new StringReader(Files.readString(RECORDED)));
    Map<String, String> values = new TreeMap<>();
    properties
        .stringPropertyNames()
        .forEach(name -> values.put(name, properties.getProperty(name)));
    return values;
  }

  private static void record(String key, double ratio) throws IOException {
    Map<String, String> values = load();
    values.put(key, "%.4f".formatted(ratio));
    StringBuilder text =
        new StringBuilder(
            "# Time of two matrix products over the time of a training step; see"
                + " SpeedGuardTest.\n");
    values.forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
    Files.writeString(RECORDED, text);
  }
}
