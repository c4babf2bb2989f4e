package dev.kiln.report;

import java.util.Base64;

/** What a sample looks like. */
public sealed interface Exhibit {

  /**
   * An image.
   *
   * @param png the file
   */
  record Picture(byte[] png) implements Exhibit {

    /** Returns the image as an address that holds its own content. */
    String dataUri() {
      return "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
    }
  }

  /**
   * Something to read.
   *
   * @param text any text; it is shown as it is and never as markup
   */
  record Text(String text) implements Exhibit {}
}
