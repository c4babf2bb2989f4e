package dev.kiln.data;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads CIFAR-10's binary version (Krizhevsky 2009): per image one label byte, then 32 x 32 bytes
 * of red, of green and of blue, row by row.
 */
public final class CifarFile {

  /** The ten classes by label. */
  public static final List<String> CLASS_NAMES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  private static final int PIXELS = 3 * 32 * 32;
  private static final int RECORD_BYTES = 1 + PIXELS;

  /** Ten times what one official file holds. */
  private static final int MOST_IMAGES = 100_000;

  private CifarFile() {}

  /**
   * Reads one or more files as one data set.
   *
   * @param files in the order their images shall have, at least one
   * @return images {@code [3, 32, 32]} with labels 0 to 9
   * @throws InvalidDataException if a file is missing, empty, no whole number of images long or too
   *     large, or has a label above 9; the message names the file and the row
   * @throws IOException if the operating system fails to read one
   */
  public static PixelDataset read(List<Path> files) throws IOException {
    int total = 0;
    for (Path file : files) {
      total += images(file);
    }
    Tensor pixels = Tensor.allocate(TensorType.of(DType.U8, total, 3, 32, 32));
    Tensor labels = Tensor.allocate(TensorType.of(DType.U8, total));
    int first = 0;
    for (Path file : files) {
      first = readInto(file, pixels, labels, first);
    }
    return new PixelDataset(pixels, labels, CLASS_NAMES);
  }

  private static int images(Path file) throws IOException {
    try {
      long bytes = Files.size(file);
      if (Files.isDirectory(file)
          || bytes == 0
          || bytes % RECORD_BYTES != 0
          || bytes / RECORD_BYTES > MOST_IMAGES) {
        throw new InvalidDataException(
            file,
            ("has %d bytes, but a CIFAR-10 file holds 1 to %d images of %d bytes each; it is"
                    + " truncated or of another kind")
                .formatted(bytes, MOST_IMAGES, RECORD_BYTES));
      }
      return (int) (bytes / RECORD_BYTES);
    } catch (NoSuchFileException e) {
      throw new InvalidDataException(file, "no such file", e);
    }
  }

  private static int readInto(Path file, Tensor pixels, Tensor labels, int first)
      throws IOException {
    byte[] image = new byte[RECORD_BYTES];
    MemorySegment record = MemorySegment.ofArray(image);
    int count = images(file);
    try (InputStream in = Files.newInputStream(file)) {
      for (int row = 0; row < count; row++) {
        if (in.readNBytes(image, 0, RECORD_BYTES) < RECORD_BYTES) {
          throw new InvalidDataException(file, "ends within row " + row);
        }
        int label = Byte.toUnsignedInt(image[0]);
        if (label >= CLASS_NAMES.size()) {
          throw new InvalidDataException(
              file, "row " + row + " has label " + label + ", but the 10 classes are 0 to 9");
        }
        labels.set(first + row, label);
        MemorySegment.copy(record, 1, pixels.data(), (long) (first + row) * PIXELS, PIXELS);
      }
    } catch (AccessDeniedException e) {
      throw new InvalidDataException(file, "no permission to read it", e);
    }
    return first + count;
  }
}
