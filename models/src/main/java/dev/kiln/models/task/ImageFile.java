package dev.kiln.models.task;

import dev.kiln.data.InvalidDataException;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * Reads an image as a model takes it: [C, H, W] with values from 0 (black) to 1 (white). Whatever
 * {@link ImageIO} reads, and PGM.
 */
final class ImageFile {

  private ImageFile() {}

  /**
   * Reads an image of exactly the size the model takes; colours become grey where it takes grey.
   *
   * @param shape channels (1 or 3), height and width
   * @throws InvalidDataException if it is no image, or has another size
   */
  static float[] read(Path file, List<Integer> shape) throws IOException {
    int channels = shape.get(0);
    if (channels != 1 && channels != 3) {
      throw new InvalidDataException(
          file, "the model takes %d channels, but images have 1 or 3".formatted(channels));
    }
    int height = shape.get(1);
    int width = shape.get(2);
    if (PgmFile.isPgm(file)) {
      float[] grey = PgmFile.read(file, width, height);
      return channels == 1 ? grey : repeated(grey, channels);
    }
    BufferedImage image = decode(file, width, height);
    return channels == 1 ? grey(image) : colours(image);
  }

  /** Checks the size before any pixel is read, since a few bytes can claim to be a huge image. */
  static void checkSize(Path file, int gotWidth, int gotHeight, int width, int height)
      throws InvalidDataException {
    if (gotWidth != width || gotHeight != height) {
      throw new InvalidDataException(
          file,
          "the image is %dx%d, but the model takes %dx%d (width x height); scale it first"
              .formatted(gotWidth, gotHeight, width, height));
    }
  }

  private static BufferedImage decode(Path file, int width, int height) throws IOException {
    try (ImageInputStream in = ImageIO.createImageInputStream(Files.newInputStream(file))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new InvalidDataException(
            file, "is no image that can be read (PNG, JPEG, BMP, GIF, PGM)");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in);
        checkSize(file, reader.getWidth(0), reader.getHeight(0), width, height);
        return reader.read(0);
      } catch (InvalidDataException clear) {
        throw clear;
      } catch (IOException damaged) {
        throw new InvalidDataException(
            file, "the image is damaged: " + damaged.getMessage(), damaged);
      } finally {
        reader.dispose();
      }
    }
  }

  private static float[] grey(BufferedImage image) {
    Raster raster = image.getRaster();
    ColorModel colours = image.getColorModel();
    boolean isGrey = raster.getNumBands() == 1 && colours.getNumColorComponents() == 1;
    float[] grey = new float[image.getWidth() * image.getHeight()];
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int at = y * image.getWidth() + x;
        if (isGrey) {
          // Not getRGB, which would change the brightness: Java takes grey images for linear ones.
          float white = (1 << colours.getComponentSize(0)) - 1;
          grey[at] = raster.getSample(x, y, 0) / white;
        } else {
          int rgb = image.getRGB(x, y);
          // The luma of ITU-R BT.601, as in Pillow's conversion to grey.
          grey[at] =
              (0.299f * (rgb >> 16 & 0xff) + 0.587f * (rgb >> 8 & 0xff) + 0.114f * (rgb & 0xff))
                  / 0xff;
        }
      }
    }
    return grey;
  }

  private static float[] colours(BufferedImage image) {
    if (image.getRaster().getNumBands() == 1
        && image.getColorModel().getNumColorComponents() == 1) {
      return repeated(grey(image), 3);
    }
    int pixels = image.getWidth() * image.getHeight();
    float[] colours = new float[3 * pixels];
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int rgb = image.getRGB(x, y);
        int at = y * image.getWidth() + x;
        colours[at] = (rgb >> 16 & 0xff) / 255f;
        colours[pixels + at] = (rgb >> 8 & 0xff) / 255f;
        colours[2 * pixels + at] = (rgb & 0xff) / 255f;
      }
    }
    return colours;
  }

  private static float[] repeated(float[] grey, int channels) {
    float[] all = new float[channels * grey.length];
    for (int channel = 0; channel < channels; channel++) {
      System.arraycopy(grey, 0, all, channel * grey.length, grey.length);
    }
    return all;
  }
}
