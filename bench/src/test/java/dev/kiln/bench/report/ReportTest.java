package dev.kiln.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.bench.workload.Workloads;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ReportTest {

  private static Measurement measured(String peer, double disturbance, Double... rates) {
    List<Double> losses = List.of(2.0, 1.0);
    return new Measurement(
        peer,
        peer + " 1.0",
        101_770,
        Sameness.of(losses, losses),
        new Series(List.of(rates)),
        new Series(List.of(disturbance)),
        OptionalLong.of(200L << 20),
        OptionalLong.of(100L << 20),
        1.5);
  }

  private static Report report(double disturbance) {
    WorkloadResult mlp =
        new WorkloadResult(
            Workloads.find("mlp"),
            List.of(
                measured("kiln-onednn", 0, 400.0, 300.0, 200.0),
                measured("pytorch", disturbance, 100.0, 100.0, 100.0)),
            Map.of(),
            Map.of());
    WorkloadResult gru =
        new WorkloadResult(
            Workloads.find("gru"),
            List.of(measured("kiln-onednn", 0, 80.0), measured("pytorch", disturbance, 6.0)),
            Map.of("deeplearning4j", "Deeplearning4j has no GRU layer"),
            Map.of("pytorch-compiled", "no compiler"));
    return new Report(
        new Machine(Map.of("processor", "P", "instructions", "avx2", "cores", "2")),
        Optional.of("abc1234"),
        Instant.parse("2026-11-24T22:00:00Z"),
        new Conditions(2, 1, 3, 0),
        List.of(mlp, gru),
        Map.of("abc1234", "what it changed"),
        Map.of("djl", "no network"));
  }

  @Test
  void advantagesAreGeometricMeansOfMedians() {
    Report.Advantage advantage = report(0).advantages().get("pytorch");
    // The medians are 3 and 80 / 6.
    assertThat(advantage.geometricMean()).isCloseTo(Math.sqrt(40), within(1e-12));
    assertThat(advantage.smallest()).isEqualTo(3);
    assertThat(advantage.workloads()).isEqualTo(2);
  }

  @Test
  void warnsOfFiguresThatOthersDisturbed() {
    assertThat(report(0.04).warning()).isEmpty();
    assertThat(report(0.37).warning().orElseThrow()).contains("37%");
  }

  @Test
  void thePageHasMachineConditionsTablesAndWhatIsAbsent() {
    String page = String.join("\n", MarkdownReport.lines(report(0)));
    assertThat(page)
        .contains("* processor: P", "* date: 2026-11-24", "* Kiln: abc1234")
        .contains("2 threads, 3 turns of 1.0 s")
        .contains("| mlp | 300 | 3.00x |", "| geometric mean |  | 6.32x |")
        .contains(
            "| pytorch | 100 | 100 | 100 | 3.00x | 2.00x | 4.00x | 200 MiB | 100 MiB | 1.5 s |"
                + " 101,770 |")
        .contains("deeplearning4j: Deeplearning4j has no GRU layer", "absent: djl: no network")
        .contains("pytorch-compiled failed:", "no compiler", "* abc1234: what it changed");
  }

  @Test
  void theFileForProgramsHasEveryTurn() {
    JsonNode tree = new ObjectMapper().valueToTree(JsonReport.tree(report(0)));
    JsonNode kiln = tree.at("/workloads/0/peers/0");
    assertThat(kiln.at("/samples-per-second/values")).hasSize(3);
    assertThat(kiln.at("/samples-per-second/median").asDouble()).isEqualTo(300);
    assertThat(tree.at("/workloads/0/peers/1/kiln-advantage/max").asDouble()).isEqualTo(4);
    assertThat(tree.at("/advantages/pytorch/smallest").asDouble()).isEqualTo(3);
    assertThat(tree.at("/machine/processor").asText()).isEqualTo("P");
  }
}
