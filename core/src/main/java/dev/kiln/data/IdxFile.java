package dev.kiln.data;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads IDX files, the format of MNIST (LeCun, Cortes, Burges 1998): two zero bytes, a byte for the
 * element type, a byte for the rank, each dimension as a big-endian 32-bit number, the elements
 * big-endian in row-major order. The file may be compressed with gzip, whatever its name.
 *
 * <p>The memory taken is what the header asks for, and that is checked against the file's size
 * first: an uncompressed file must fit exactly, a compressed one cannot hold more than deflate's
 * highest ratio allows, and neither more than 4 GiB.
 */
public final class IdxFile {

  /** Deflate cannot do better than 1032 to 1; see zlib's technical notes. */
  private static final long HIGHEST_GZIP_RATIO = 1032;

  /** Four gigabytes: 90 times MNIST. */
  private static final long MOST_BYTES = 1L << 32;

  private static final int HIGHEST_RANK = 8;
  private static final int CHUNK_BYTES = 1 << 16;
  private static final int GZIP_MAGIC = 0x1f8b;

  private final Path file;
  private final InputStream in;

  private IdxFile(Path file, InputStream in) {
    this.file = file;
    this.in = in;
  }

  /**
   * Reads a whole file.
   *
   * @param file an IDX file of unsigned bytes, 32-bit integers, floats or doubles
   * @return its elements and dimensions
   * @throws InvalidDataException if the file is missing, truncated, longer than its header says, or
   *     no IDX file
   * @throws IOException if the operating system fails to read it
   */
  public static Tensor read(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new InvalidDataException(file, "is a folder, not an IDX file");
    }
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), CHUNK_BYTES)) {
      long size = Files.size(file);
      if (isGzip(raw)) {
        try (InputStream unzipped = new GZIPInputStream(raw, CHUNK_BYTES)) {
          return new IdxFile(file, unzipped).read(Math.min(size * HIGHEST_GZIP_RATIO, MOST_BYTES));
        }
      }
      return new IdxFile(file, raw).read(Math.min(size, MOST_BYTES));
    } catch (NoSuchFileException e) {
      throw new InvalidDataException(file, "no such file", e);
    } catch (AccessDeniedException e) {
      throw new InvalidDataException(file, "no permission to read it", e);
    } catch (EOFException e) {
      throw new InvalidDataException(file, "the gzip data is truncated", e);
    } catch (ZipException e) {
      throw new InvalidDataException(file, "the gzip data is damaged: " + e.getMessage(), e);
    }
  }

  private static boolean isGzip(InputStream raw) throws IOException {
    raw.mark(2);
    int magic = raw.read() << 8 | raw.read();
    raw.reset();
    return magic == GZIP_MAGIC;
  }

  /** Reads header and elements; {@code mostBytes} bounds what the file can hold. */
  private Tensor read(long mostBytes) throws IOException {
    TensorType type = header();
    if (type.bytes() > mostBytes) {
      throw new InvalidDataException(
          file,
          ("the header promises %s, %d bytes, but a file of this size holds at most %d; it is"
                  + " truncated or damaged")
              .formatted(type, type.bytes(), mostBytes));
    }
    Tensor tensor = Tensor.allocate(type);
    readElements(tensor);
    if (in.read() >= 0) {
      throw new InvalidDataException(file, "more bytes follow the " + type + " of the header");
    }
    return tensor;
  }

  private TensorType header() throws IOException {
    byte[] magic = readBytes(Integer.BYTES, "the magic number");
    if (magic[0] != 0 || magic[1] != 0) {
      throw new InvalidDataException(
          file,
          "starts with the bytes %02x %02x, but an IDX file starts with 00 00"
              .formatted(magic[0], magic[1]));
    }
    DType dtype = dtype(magic[2]);
    int rank = magic[3];
    if (rank < 1 || rank > HIGHEST_RANK) {
      throw new InvalidDataException(
          file, "has " + (rank & 0xff) + " dimensions; 1 to " + HIGHEST_RANK + " are supported");
    }
    ByteBuffer sizes = ByteBuffer.wrap(readBytes(rank * Integer.BYTES, "the dimensions"));
    List<Integer> dims = new ArrayList<>();
    double bytes = dtype.bytes();
    for (int axis = 0; axis < rank; axis++) {
      int dim = sizes.getInt();
      if (dim < 1) {
        throw new InvalidDataException(
            file,
            "dimension %d is %s; sizes of 1 to %d are supported"
                .formatted(axis, Integer.toUnsignedString(dim), Integer.MAX_VALUE));
      }
      dims.add(dim);
      bytes *= dim;
    }
    if (bytes >= Long.MAX_VALUE) {
      throw new InvalidDataException(file, "the dimensions " + dims + " exceed 2^63 - 1 bytes");
    }
    return TensorType.of(dtype, new Shape(dims));
  }

  private DType dtype(byte code) throws InvalidDataException {
    return switch (code) {
      case 0x08 -> DType.U8;
      case 0x0c -> DType.I32;
      case 0x0d -> DType.F32;
      case 0x0e -> DType.F64;
      default ->
          throw new InvalidDataException(
              file,
              "has the element type 0x%02x; 08 (bytes), 0c (int), 0d (float), 0e (double) are known"
                  .formatted(code));
    };
  }

  private void readElements(Tensor tensor) throws IOException {
    ValueLayout element =
        switch (tensor.type().dtype()) {
          case F32, I32 -> ValueLayout.JAVA_INT_UNALIGNED;
          case F64, I64 -> ValueLayout.JAVA_LONG_UNALIGNED;
          case U8, F16, BF16, OPAQUE -> ValueLayout.JAVA_BYTE;
        };
    byte[] chunk = new byte[CHUNK_BYTES];
    MemorySegment from = MemorySegment.ofArray(chunk);
    MemorySegment to = tensor.data();
    for (long at = 0; at < to.byteSize(); at += CHUNK_BYTES) {
      int wanted = (int) Math.min(CHUNK_BYTES, to.byteSize() - at);
      int got = in.readNBytes(chunk, 0, wanted);
      if (got < wanted) {
        throw new InvalidDataException(
            file,
            "the header promises %s, %d bytes, but only %d follow; the file is truncated"
                .formatted(tensor.type(), to.byteSize(), at + got));
      }
      MemorySegment.copy(
          from,
          element.withOrder(ByteOrder.BIG_ENDIAN),
          0,
          to,
          element.withOrder(ByteOrder.nativeOrder()),
          at,
          wanted / element.byteSize());
    }
  }

  private byte[] readBytes(int count, String what) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new InvalidDataException(file, "ends within " + what + "; the file is truncated");
    }
    return bytes;
  }
}
