package dev.kiln.profile;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.kiln.io.AtomicFile;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.List;

/**
 * A profile as trace events, the JSON format that {@code ui.perfetto.dev} and {@code
 * chrome://tracing} show as a timeline (Google, "Trace Event Format", 2016).
 */
public final class TraceFile {

  private static final double NANOS_PER_MICROSECOND = 1000;

  private TraceFile() {}

  /**
   * Writes what a profile has kept, in one atomic step: steps and waits for data, and the nodes
   * within their steps.
   *
   * @param file the target, in a folder that exists
   * @throws IOException if it cannot be written
   */
  public static void write(Path file, Profile profile) throws IOException {
    List<Profile.Span> spans = profile.spans();
    long origin = spans.stream().mapToLong(Profile.Span::begin).min().orElse(0);
    AtomicFile.write(
        file,
        channel -> {
          try (JsonGenerator json =
              new JsonFactory()
                  .createGenerator(Channels.newOutputStream(channel))
                  .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
            json.writeStartObject();
            json.writeStringField("displayTimeUnit", "ms");
            json.writeArrayFieldStart("traceEvents");
            for (Profile.Span span : spans) {
              write(json, span, origin);
            }
            json.writeEndArray();
            json.writeEndObject();
          }
        });
  }

  /** Writes a complete event ("X"): name, begin and duration in microseconds. */
  private static void write(JsonGenerator json, Profile.Span span, long origin) throws IOException {
    Subject subject = span.subject();
    json.writeStartObject();
    json.writeStringField("name", subject.name());
    json.writeStringField("cat", subject.isNode() ? subject.operation() : "training");
    json.writeStringField("ph", "X");
    json.writeNumberField("ts", (span.begin() - origin) / NANOS_PER_MICROSECOND);
    json.writeNumberField("dur", (span.end() - span.begin()) / NANOS_PER_MICROSECOND);
    json.writeNumberField("pid", 1);
    json.writeNumberField("tid", 1);
    if (subject.isNode()) {
      json.writeObjectFieldStart("args");
      json.writeStringField("operation", subject.operation());
      json.writeStringField("implementation", subject.implementation());
      json.writeStringField("result", subject.result());
      json.writeEndObject();
    }
    json.writeEndObject();
  }
}
