package dev.kiln.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.bench.peer.PeerFailedException;
import dev.kiln.bench.report.Conditions;
import dev.kiln.bench.report.Measurement;
import dev.kiln.bench.report.WorkloadResult;
import dev.kiln.bench.workload.Workloads;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {

  /** The steps of the check, all of which go well. */
  private static final int CHECKED = 10;

  @TempDir private Path folder;

  private static List<String> fakeThatBreaksAt(int step) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-Dfake.breaks=" + step,
        "-classpath",
        System.getProperty("java.class.path"),
        "dev.kiln.bench.peer.FakeDriver");
  }

  private WorkloadResult compare(Map<String, List<String>> commands)
      throws IOException, InterruptedException {
    Progress progress = new Progress(new PrintWriter(Writer.nullWriter()), "test", 1);
    return new Comparison(new Conditions(1, 0.01, 2, 0), folder, progress)
        .run(Workloads.find("mlp"), commands);
  }

  @Test
  void goesOnWithoutAPeerThatBreaks() throws IOException, InterruptedException {
    Map<String, List<String>> commands = new LinkedHashMap<>();
    commands.put("first", fakeThatBreaksAt(Integer.MAX_VALUE));
    commands.put("breaks-in-the-check", fakeThatBreaksAt(2));
    commands.put("breaks-in-its-turn", fakeThatBreaksAt(CHECKED + 1));
    WorkloadResult result = compare(commands);
    assertThat(result.measurements()).extracting(Measurement::peer).containsExactly("first");
    assertThat(result.measurements().getFirst().samplesPerSecond().values()).hasSize(2);
    assertThat(result.failed().get("breaks-in-the-check")).contains("Fake broke at step 2");
    assertThat(result.failed().get("breaks-in-its-turn")).contains("Fake broke at step 11");
  }

  @Test
  void endsWhereThereIsNothingToCompareWith() {
    assertThatThrownBy(() -> compare(Map.of("first", fakeThatBreaksAt(1))))
        .isInstanceOf(PeerFailedException.class)
        .hasMessageContaining("Fake broke at step 1");
  }
}
