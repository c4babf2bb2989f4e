package dev.kiln.safetensors;

import static dev.kiln.safetensors.SafetensorsException.named;

import dev.kiln.safetensors.Header.Entry;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A safetensors file open for reading: the header is read and checked at once, the tensors' bytes
 * are memory-mapped and copied when asked for.
 *
 * <p>Nothing in the file is trusted: every length, offset and shape is checked before it is used,
 * and the memory taken is bounded by the file's own size.
 */
public final class SafetensorsFile implements AutoCloseable {

  /** Longest header accepted, in bytes: room for about 100,000 tensors. */
  static final int LONGEST_HEADER = 16 << 20;

  private static final int LENGTH_BYTES = 8;
  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final String file;
  private final Header header;
  private final MemorySegment data;
  private final Arena arena;

  private SafetensorsFile(String file, MemorySegment bytes, Arena arena)
      throws SafetensorsException {
    long headerBytes = headerBytes(file, bytes);
    this.file = file;
    this.header = HeaderParser.parse(file, bytes.asSlice(LENGTH_BYTES, headerBytes).asByteBuffer());
    this.data = bytes.asSlice(LENGTH_BYTES + headerBytes);
    this.arena = arena;
    header.checkCoverage(file, data.byteSize());
  }

  /**
   * Opens and checks a file. Close it to release the mapping; tensors read from it live on.
   *
   * @param file the file
   * @return the open file
   * @throws SafetensorsException if it is missing, unreadable or breaks the format
   * @throws IOException if the operating system fails to map it
   */
  public static SafetensorsFile open(Path file) throws IOException {
    Arena arena = Arena.ofShared();
    try {
      return new SafetensorsFile(file.toString(), map(file, arena), arena);
    } catch (IOException e) {
      arena.close();
      throw e;
    }
  }

  /**
   * Reads a file that already lies in memory, as a resource of a jar does.
   *
   * @param name what messages call it
   * @param content the whole file
   * @return the open file
   * @throws SafetensorsException if it breaks the format
   */
  public static SafetensorsFile of(String name, byte[] content) throws SafetensorsException {
    return new SafetensorsFile(name, MemorySegment.ofArray(content), Arena.ofShared());
  }

  private static MemorySegment map(Path file, Arena arena) throws IOException {
    if (Files.isDirectory(file)) {
      throw new SafetensorsException(file.toString(), "is a folder, not a safetensors file");
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (NoSuchFileException e) {
      throw new SafetensorsException(file.toString(), "no such file", e);
    } catch (AccessDeniedException e) {
      throw new SafetensorsException(file.toString(), "no permission to read it", e);
    }
  }

  private static long headerBytes(String file, MemorySegment bytes) throws SafetensorsException {
    if (bytes.byteSize() < LENGTH_BYTES) {
      throw new SafetensorsException(
          file,
          "has %d bytes, but a safetensors file starts with %d bytes of header length"
              .formatted(bytes.byteSize(), LENGTH_BYTES));
    }
    long length = bytes.get(LENGTH, 0);
    long rest = bytes.byteSize() - LENGTH_BYTES;
    if (length < 0 || length > LONGEST_HEADER) {
      throw new SafetensorsException(
          file,
          "claims a header of %s bytes, but the longest allowed is %d; is it a safetensors file?"
              .formatted(Long.toUnsignedString(length), LONGEST_HEADER));
    }
    if (length > rest) {
      throw new SafetensorsException(
          file,
          "claims a header of %d bytes, but only %d follow; the file is truncated or damaged"
              .formatted(length, rest));
    }
    return length;
  }

  /** Returns the strings stored beside the tensors; empty when the file has none. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(header.metadata());
  }

  /** Returns every tensor's type by its name, in the header's order. */
  public Map<String, TensorType> types() {
    Map<String, TensorType> types = new LinkedHashMap<>();
    header.entries().forEach((name, entry) -> types.put(name, entry.type()));
    return types;
  }

  /**
   * Reads one tensor into fresh memory.
   *
   * @param name the tensor's name
   * @return a copy of it, independent of this file
   * @throws SafetensorsException if the file has no such tensor
   */
  public Tensor read(String name) throws SafetensorsException {
    Tensor tensor = Tensor.allocate(entry(name).type());
    readInto(name, tensor);
    return tensor;
  }

  /**
   * Reads one tensor into existing memory, allocating nothing.
   *
   * @param name the tensor's name
   * @param target receives the elements; must have exactly the stored type
   * @throws SafetensorsException if the file has no such tensor, or one of another type
   */
  public void readInto(String name, Tensor target) throws SafetensorsException {
    Entry entry = entry(name);
    if (!entry.type().equals(target.type())) {
      throw new SafetensorsException(
          file,
          "%s is %s, but %s was expected".formatted(named(name), entry.type(), target.type()));
    }
    ValueLayout element = littleEndian(entry.type().dtype());
    MemorySegment.copy(
        data,
        element,
        entry.begin(),
        target.data(),
        element.withOrder(ByteOrder.nativeOrder()),
        0,
        entry.type().elements());
  }

  /**
   * Reads every tensor into fresh memory.
   *
   * @return the tensors by name, in the header's order
   * @throws SafetensorsException never for a file that opened; declared by {@link #read}
   */
  public Map<String, Tensor> readAll() throws SafetensorsException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String name : header.entries().keySet()) {
      tensors.put(name, read(name));
    }
    return tensors;
  }

  private Entry entry(String name) throws SafetensorsException {
    Entry entry = header.entries().get(name);
    if (entry == null) {
      throw new SafetensorsException(
          file, "has no " + named(name) + "; it holds " + header.entries().size() + " others");
    }
    return entry;
  }

  /** Elements as the format stores them: little-endian, at any address. */
  static ValueLayout littleEndian(DType dtype) {
    ValueLayout layout =
        switch (dtype) {
          case U8, OPAQUE -> ValueLayout.JAVA_BYTE;
          case F16, BF16 -> ValueLayout.JAVA_SHORT_UNALIGNED;
          case F32, I32 -> ValueLayout.JAVA_INT_UNALIGNED;
          case F64, I64 -> ValueLayout.JAVA_LONG_UNALIGNED;
        };
    return layout.withOrder(ByteOrder.LITTLE_ENDIAN);
  }

  /** Releases the mapping; closing again does nothing. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
