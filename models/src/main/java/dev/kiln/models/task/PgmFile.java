package dev.kiln.models.task;

import dev.kiln.data.InvalidDataException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads portable graymaps (Netpbm's PGM, plain P2 and raw P5), which Java's own image library does
 * not know.
 */
final class PgmFile {

  private static final int HIGHEST_VALUE = 65535;
  private static final int LONGEST_NUMBER = 9;

  private final Path file;
  private final InputStream in;

  private PgmFile(Path file, InputStream in) {
    this.file = file;
    this.in = in;
  }

  /** Returns whether a file begins as a graymap does. */
  static boolean isPgm(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] magic = in.readNBytes(2);
      return magic.length == 2 && magic[0] == 'P' && (magic[1] == '2' || magic[1] == '5');
    }
  }

  /**
   * Reads a graymap of exactly this size.
   *
   * @return [height, width] with values from 0 (black) to 1 (white)
   * @throws InvalidDataException if it is damaged or has another size
   */
  static float[] read(Path file, int width, int height) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return new PgmFile(file, in).read(width, height);
    }
  }

  private float[] read(int width, int height) throws IOException {
    in.skipNBytes(1);
    boolean plain = in.read() == '2';
    ImageFile.checkSize(file, number(), number(), width, height);
    int white = number();
    if (white < 1 || white > HIGHEST_VALUE) {
      throw new InvalidDataException(
          file, "the highest grey must be 1 to %d, but is %d".formatted(HIGHEST_VALUE, white));
    }
    float[] grey = new float[width * height];
    for (int i = 0; i < grey.length; i++) {
      int value = plain ? number() : sample(white);
      if (value > white) {
        throw new InvalidDataException(
            file, "pixel %d is %d, above the highest grey %d".formatted(i, value, white));
      }
      grey[i] = (float) value / white;
    }
    return grey;
  }

  /** A raw pixel: one byte, or two where one does not suffice, the higher first. */
  private int sample(int white) throws IOException {
    return white < 256 ? next() : next() << 8 | next();
  }

  private int next() throws IOException {
    int value = in.read();
    if (value < 0) {
      throw new InvalidDataException(file, "the image is cut off");
    }
    return value;
  }

  /** A decimal number with white space or comments before it and one character after it. */
  private int number() throws IOException {
    int c = next();
    while (Character.isWhitespace(c) || c == '#') {
      if (c == '#') {
        while (c != '\n') {
          c = next();
        }
      }
      c = next();
    }
    int value = 0;
    int digits = 0;
    while (c >= '0' && c <= '9' && digits < LONGEST_NUMBER) {
      value = 10 * value + c - '0';
      digits++;
      c = in.read(); // the end of the file may follow the last number
    }
    if (digits == 0 || !(c < 0 || Character.isWhitespace(c))) {
      throw new InvalidDataException(file, "is no graymap: a number is missing or malformed");
    }
    return value;
  }
}
