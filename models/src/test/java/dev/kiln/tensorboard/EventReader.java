package dev.kiln.tensorboard;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** Reads event files by Google's own decoder of Protocol Buffers, checking every checksum. */
public final class EventReader {

  /**
   * An event.
   *
   * @param wallTime when it was written, in seconds since 1970
   * @param step its step
   * @param version the version of the file, empty unless it is the first event
   * @param tag what it is the value of, empty if it has none
   * @param value its value, NaN if it has none
   * @param text its text, empty if it has none
   */
  public record Event(
      double wallTime, long step, String version, String tag, float value, String text) {}

  private EventReader() {}

  /** Reads all events of a file. */
  public static List<Event> read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<Event> events = new ArrayList<>();
    while (bytes.hasRemaining()) {
      byte[] length = new byte[Long.BYTES];
      bytes.get(length);
      check(length, bytes.getInt());
      byte[] record =
          new byte[(int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong()];
      bytes.get(record);
      check(record, bytes.getInt());
      events.add(event(CodedInputStream.newInstance(record)));
    }
    return events;
  }

  /** Undoes the mask as TensorFlow's crc32c.h does. */
  private static void check(byte[] data, int masked) throws IOException {
    int rotated = masked - 0xa282ead8;
    int expected = (rotated >>> 17) | (rotated << 15);
    CRC32C checksum = new CRC32C();
    checksum.update(data, 0, data.length);
    if ((int) checksum.getValue() != expected) {
      throw new IOException("a checksum is wrong");
    }
  }

  private static Event event(CodedInputStream in) throws IOException {
    double wallTime = Double.NaN;
    long step = 0;
    String version = "";
    Event value = new Event(0, 0, "", "", Float.NaN, "");
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> wallTime = in.readDouble();
        case 2 -> step = in.readInt64();
        case 3 -> version = in.readStringRequireUtf8();
        case 5 -> value = summary(CodedInputStream.newInstance(in.readByteArray()));
        default -> throw new IOException("unknown field in an event: " + tag);
      }
    }
    return new Event(wallTime, step, version, value.tag, value.value, value.text);
  }

  private static Event summary(CodedInputStream in) throws IOException {
    in.readTag();
    CodedInputStream value = CodedInputStream.newInstance(in.readByteArray());
    String name = "";
    float number = Float.NaN;
    String text = "";
    for (int tag = value.readTag(); tag != 0; tag = value.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> name = value.readStringRequireUtf8();
        case 2 -> number = value.readFloat();
        case 8 -> text = tensor(CodedInputStream.newInstance(value.readByteArray()));
        default -> value.skipField(tag);
      }
    }
    return new Event(0, 0, "", name, number, text);
  }

  private static String tensor(CodedInputStream in) throws IOException {
    String text = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (WireFormat.getTagFieldNumber(tag) == 8) {
        text = in.readStringRequireUtf8();
      } else {
        in.skipField(tag);
      }
    }
    return text;
  }
}
