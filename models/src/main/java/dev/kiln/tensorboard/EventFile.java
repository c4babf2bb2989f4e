package dev.kiln.tensorboard;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;

/**
 * A file of events that TensorBoard shows: scalars over steps, and texts. Field numbers are those
 * of TensorFlow's {@code event.proto}, {@code summary.proto} and {@code tensor.proto}.
 */
public final class EventFile implements Closeable {

  private static final String VERSION = "brain.Event:2";

  private final Path path;
  private final RecordStream records;
  private final Clock clock;

  private EventFile(Path path, RecordStream records, Clock clock) {
    this.path = path;
    this.records = records;
    this.clock = clock;
  }

  /**
   * Begins a file in a folder, which is made where it is missing. What other files of the folder
   * hold is shown together with it.
   *
   * @throws IOException if it cannot be made
   */
  public static EventFile create(Path folder) throws IOException {
    return create(folder, Clock.systemUTC());
  }

  static EventFile create(Path folder, Clock clock) throws IOException {
    Files.createDirectories(folder);
    Path path = null;
    for (int i = 0; path == null || Files.exists(path); i++) {
      path =
          folder.resolve(
              "events.out.tfevents.%010d.kiln.%d".formatted(clock.instant().getEpochSecond(), i));
    }
    EventFile file =
        new EventFile(
            path,
            new RecordStream(
                new BufferedOutputStream(
                    Files.newOutputStream(path, StandardOpenOption.CREATE_NEW))),
            clock);
    file.records.write(file.event(0).text(3, VERSION).toBytes());
    return file;
  }

  /** Returns where the file is. */
  public Path path() {
    return path;
  }

  /**
   * Adds a value.
   *
   * @param tag what it is the value of; those with the same text before a slash are shown together
   * @param step when it was measured, such as the number of batches before
   * @param value the value, in single precision
   */
  public void scalar(String tag, long step, double value) throws IOException {
    // event.summary = 5, summary.value = 1, value.tag = 1, value.simple_value = 2
    write(step, new Message().text(1, tag).floatNumber(2, (float) value));
  }

  /**
   * Adds a text.
   *
   * @param tag its title
   * @param markdown the text; may have Markdown's marks
   */
  public void text(String tag, String markdown) throws IOException {
    Message plugin = new Message().text(1, "text"); // plugin_data.plugin_name
    Message metadata = new Message().message(1, plugin); // metadata.plugin_data
    Message shape = new Message().message(2, new Message().number(1, 1)); // shape.dim.size
    Message tensor =
        new Message().number(1, 7).message(2, shape).text(8, markdown); // DT_STRING, string_val
    write(0, new Message().text(1, tag).message(8, tensor).message(9, metadata));
  }

  private void write(long step, Message value) throws IOException {
    records.write(event(step).message(5, new Message().message(1, value)).toBytes());
  }

  private Message event(long step) {
    Instant now = clock.instant();
    return new Message()
        .doubleNumber(1, now.getEpochSecond() + now.getNano() / 1e9) // event.wall_time
        .number(2, step);
  }

  /** Hands everything written so far to the file, for who is watching. */
  public void flush() throws IOException {
    records.flush();
  }

  @Override
  public void close() throws IOException {
    records.close();
  }
}
