package dev.kiln.cli;

import java.io.IOException;
import java.io.PrintWriter;

/** Output for programs. */
final class Json {

  private Json() {}

  /** Prints a value as indented JSON. */
  static void print(PrintWriter out, Object value) throws IOException {
    out.println(text(value));
    out.flush();
  }

  /** Returns a value as indented JSON. */
  static String text(Object value) throws IOException {
    return ConfigLayers.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(value);
  }
}
