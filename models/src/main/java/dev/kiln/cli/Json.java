package dev.kiln.cli;

import java.io.IOException;
import java.io.PrintWriter;

/** Output for programs. */
final class Json {

  private Json() {}

  /** Prints a value as indented JSON. */
  static void print(PrintWriter out, Object value) throws IOException {
    out.println(ConfigLayers.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(value));
    out.flush();
  }
}
