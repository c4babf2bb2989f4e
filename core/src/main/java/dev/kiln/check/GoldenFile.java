package dev.kiln.check;

import dev.kiln.safetensors.SafetensorsFile;
import java.io.IOException;

/**
 * Where one golden case lies.
 *
 * @param name the file's name without its ending
 * @param content opens it
 */
record GoldenFile(String name, Content content) {

  /** Opens a file. */
  @FunctionalInterface
  interface Content {

    /**
     * Opens the file.
     *
     * @throws IOException if it is missing or damaged
     */
    SafetensorsFile open() throws IOException;
  }

  /**
   * Opens the case's file.
   *
   * @throws IOException if it is missing or damaged
   */
  SafetensorsFile open() throws IOException {
    return content.open();
  }
}
