package dev.kiln.safetensors;

import static dev.kiln.safetensors.SafetensorsException.named;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.kiln.io.AtomicFile;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes safetensors files. The same tensors and metadata always give the same bytes, in whatever
 * order the maps hold them: tensors are sorted by element size, largest first, then by name (so
 * each lies aligned to its elements), and the header is padded with spaces to a multiple of 8
 * bytes.
 */
public final class SafetensorsWriter {

  private static final int HEADER_ALIGNMENT = 8;
  private static final int CHUNK_BYTES = 1 << 20;
  private static final JsonFactory JSON = new JsonFactory();

  private static final Comparator<Map.Entry<String, Tensor>> FILE_ORDER =
      Comparator.comparingInt(
              (Map.Entry<String, Tensor> named) -> -named.getValue().type().dtype().bytes())
          .thenComparing(Map.Entry::getKey);

  private SafetensorsWriter() {}

  /**
   * Writes a file in one atomic step: a crash or a full disk leaves the old file or the new one,
   * never a part (see {@link AtomicFile}).
   *
   * @param file the target, in a folder that exists
   * @param tensors the tensors by name
   * @param metadata strings to store beside them; may be empty
   * @throws IOException if the file cannot be written; the message names it and the reason
   * @throws IllegalArgumentException if a tensor is {@link DType#OPAQUE}, or is named {@code
   *     __metadata__}, or the header would be longer than the reader accepts
   */
  public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    List<Map.Entry<String, Tensor>> ordered = new ArrayList<>(tensors.entrySet());
    ordered.sort(FILE_ORDER);
    ByteBuffer header = header(ordered, metadata);
    AtomicFile.write(
        file,
        channel -> {
          writeFully(channel, header);
          writeTensors(channel, ordered);
        });
  }

  private static ByteBuffer header(
      List<Map.Entry<String, Tensor>> ordered, Map<String, String> metadata) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart(Header.METADATA);
        for (Map.Entry<String, String> pair : new TreeMap<>(metadata).entrySet()) {
          json.writeStringField(pair.getKey(), pair.getValue());
        }
        json.writeEndObject();
      }
      long begin = 0;
      for (Map.Entry<String, Tensor> tensor : ordered) {
        begin = writeEntry(json, tensor.getKey(), tensor.getValue(), begin);
      }
      json.writeEndObject();
    }
    while (text.size() % HEADER_ALIGNMENT != 0) {
      text.write(' ');
    }
    if (text.size() > SafetensorsFile.LONGEST_HEADER) {
      throw new IllegalArgumentException(
          "the safetensors header would take %d bytes for %d tensors; the longest is %d"
              .formatted(text.size(), ordered.size(), SafetensorsFile.LONGEST_HEADER));
    }
    return ByteBuffer.allocate(Long.BYTES + text.size())
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.size())
        .put(text.toByteArray())
        .flip();
  }

  private static long writeEntry(JsonGenerator json, String name, Tensor tensor, long begin)
      throws IOException {
    DType dtype = tensor.type().dtype();
    if (name.equals(Header.METADATA) || !Header.DTYPES.contains(dtype)) {
      throw new IllegalArgumentException(
          "safetensors cannot hold %s of type %s: its elements must be one of %s, its name not %s"
              .formatted(named(name), tensor.type(), Header.DTYPES, Header.METADATA));
    }
    long end = begin + tensor.type().bytes();
    json.writeObjectFieldStart(name);
    json.writeStringField("dtype", dtype.name());
    json.writeFieldName("shape");
    int[] dims = tensor.shape().toArray();
    json.writeArray(dims, 0, dims.length);
    json.writeFieldName("data_offsets");
    json.writeArray(new long[] {begin, end}, 0, 2);
    json.writeEndObject();
    return end;
  }

  private static void writeTensors(
      WritableByteChannel channel, List<Map.Entry<String, Tensor>> ordered) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
    MemorySegment staging = MemorySegment.ofBuffer(chunk);
    for (Map.Entry<String, Tensor> entry : ordered) {
      MemorySegment data = entry.getValue().data();
      ValueLayout element = SafetensorsFile.littleEndian(entry.getValue().type().dtype());
      for (long at = 0; at < data.byteSize(); at += CHUNK_BYTES) {
        int bytes = (int) Math.min(CHUNK_BYTES, data.byteSize() - at);
        MemorySegment.copy(
            data,
            element.withOrder(ByteOrder.nativeOrder()),
            at,
            staging,
            element,
            0,
            bytes / element.byteSize());
        writeFully(channel, chunk.clear().limit(bytes));
      }
    }
  }

  private static void writeFully(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
