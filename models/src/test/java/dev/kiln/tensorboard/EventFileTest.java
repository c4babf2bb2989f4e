package dev.kiln.tensorboard;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.tensorboard.EventReader.Event;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Event files hold what was written, in the format that TensorBoard reads. */
class EventFileTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.ofEpochSecond(1_790_000_000, 250_000_000), ZoneOffset.UTC);

  @TempDir private Path folder;

  @Test
  void scalarsAndTextsAreReadBack() throws IOException {
    Path path;
    try (EventFile file = EventFile.create(folder.resolve("run"), CLOCK)) {
      file.scalar("training/loss", 1, 0.5);
      file.scalar("training/loss", 5_000_000_000L, Double.NaN);
      file.text("configuration", "größer\n");
      path = file.path();
    }

    assertThat(path.getFileName().toString()).startsWith("events.out.tfevents.1790000000.");
    double time = 1_790_000_000.25;
    assertThat(EventReader.read(path))
        .containsExactly(
            new Event(time, 0, "brain.Event:2", "", Float.NaN, ""),
            new Event(time, 1, "", "training/loss", 0.5f, ""),
            new Event(time, 5_000_000_000L, "", "training/loss", Float.NaN, ""),
            new Event(time, 0, "", "configuration", Float.NaN, "größer\n"));
  }

  @Test
  void twoFilesOfTheSameSecondDoNotMeet() throws IOException {
    try (EventFile one = EventFile.create(folder, CLOCK);
        EventFile other = EventFile.create(folder, CLOCK)) {
      assertThat(one.path()).isNotEqualTo(other.path());
    }
  }

  /** The first bytes of any event file, as TensorFlow writes them. */
  @Test
  void theFramingIsThatOfTensorFlow() {
    assertThat(List.of(RecordStream.maskedChecksum("123456789".getBytes(US_ASCII))))
        // 0xe3069283 is the check value of CRC-32C; rotated right by 15 bits, plus the mask.
        .containsExactly(Integer.rotateRight(0xe3069283, 15) + 0xa282ead8);
    // The length 24 of the record "brain.Event:2" with its checksum: a well-known beginning.
    assertThat(RecordStream.maskedChecksum(new byte[] {24, 0, 0, 0, 0, 0, 0, 0}))
        .isEqualTo(Integer.reverseBytes(0xa37f4b22));
  }
}
