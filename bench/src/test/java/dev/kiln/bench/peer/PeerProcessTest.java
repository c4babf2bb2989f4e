package dev.kiln.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.bench.driver.Job;
import dev.kiln.bench.driver.Purpose;
import dev.kiln.bench.driver.UnsupportedWorkloadException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerProcessTest {

  @TempDir private Path folder;

  private PeerProcess start(String workload) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-classpath",
            System.getProperty("java.class.path"),
            "dev.kiln.bench.peer.FakeDriver");
    return PeerProcess.start(
        "fake",
        command,
        new Job(workload, folder.resolve("exchange"), Purpose.CHECK),
        Map.of(),
        folder.resolve("log"));
  }

  @Test
  void tellsWhatItIsAndDoesWhatItIsTold() throws IOException {
    try (PeerProcess process = start("halving")) {
      assertThat(process.version()).isEqualTo("Fake 1.0");
      assertThat(process.parameters()).isEqualTo(42);
      assertThat(process.step()).isEqualTo(1);
      assertThat(process.step()).isEqualTo(0.5);
      PeerProcess.Pace pace = process.run(0.01);
      assertThat(pace.steps()).isPositive();
      assertThat(pace.seconds()).isGreaterThanOrEqualTo(0.01);
      assertThat(pace.disturbance()).isBetween(0.0, 1.0);
      assertThat(process.step()).isLessThan(0.5);
    }
  }

  @Test
  void saysWhatAFrameworkLacks() {
    assertThatThrownBy(() -> start("unsupported"))
        .isInstanceOf(UnsupportedWorkloadException.class)
        .hasMessage("Fake has no GRU");
  }

  @Test
  void showsTheEndOfWhatABrokenProcessWrote() {
    assertThatThrownBy(() -> start("broken"))
        .isInstanceOf(PeerFailedException.class)
        .hasMessageContaining("fake ended by itself")
        .hasMessageContaining("Fake is broken");
  }
}
