package dev.kiln.profile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a profile keeps and tells. */
final class ProfileTest {

  private static final Subject SLOW = new Subject("1.conv", "conv2d", "Direct", "F32[2]");
  private static final Subject FAST = new Subject("1.relu", "relu", "Loop", "F32[2]");

  private final Profile profile = new Profile();

  private void record(Subject subject, long begin, long duration) {
    profile.record(profile.number(subject), begin, begin + duration);
  }

  @Test
  void nodesComeLongestFirstByTheirMedian() {
    record(FAST, 0, 90_000); // before the JVM had compiled it
    record(FAST, 0, 10);
    record(FAST, 0, 12);
    for (int i = 0; i < 3; i++) {
      record(SLOW, 0, 500);
    }
    record(Subject.STEP, 0, 600);
    assertThat(profile.nodes())
        .containsExactly(new Timing(SLOW, 3, 500, 1500), new Timing(FAST, 3, 12, 90_022));
    assertThat(profile.timing(Subject.STEP)).isEqualTo(new Timing(Subject.STEP, 1, 600, 600));
    assertThat(profile.timing(Subject.DATA_WAIT).count()).isZero();
  }

  @Test
  void onlyTheLastSpansAreKept() {
    record(SLOW, 0, 1);
    for (int i = 0; i < 1 << 17; i++) {
      record(FAST, i, 2);
    }
    assertThat(profile.spans()).hasSize(1 << 17).allMatch(span -> span.subject().equals(FAST));
    assertThat(profile.spans().getFirst().begin()).isZero();
    assertThat(profile.nodes()).extracting(Timing::subject).containsExactly(FAST);
  }

  @Test
  void theTraceHoldsCompleteEventsInMicrosecondsFromTheFirstOn(@TempDir Path folder)
      throws IOException {
    record(SLOW, 5_000, 2_500);
    record(Subject.STEP, 4_000, 4_000);
    Path file = folder.resolve("trace.json");
    TraceFile.write(file, profile);
    JsonNode events = new ObjectMapper().readTree(file.toFile()).get("traceEvents");
    assertThat(events).hasSize(2).allMatch(event -> event.get("ph").asText().equals("X"));
    assertThat(events.get(0).get("name").asText()).isEqualTo("1.conv");
    assertThat(events.get(0).get("ts").asDouble()).isEqualTo(1);
    assertThat(events.get(0).get("dur").asDouble()).isEqualTo(2.5);
    assertThat(events.get(0).get("args").get("implementation").asText()).isEqualTo("Direct");
    assertThat(events.get(1).get("name").asText()).isEqualTo("step");
    assertThat(events.get(1).get("ts").asDouble()).isZero();
    assertThat(events.get(1).has("args")).isFalse();
  }
}
