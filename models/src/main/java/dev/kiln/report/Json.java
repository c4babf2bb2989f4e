package dev.kiln.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;

/** JSON that may stand inside a page. */
final class Json {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  /** Returns a number, or null, which is what JSON has for one that is not finite. */
  static @Nullable Double number(double value) {
    return Double.isFinite(value) ? value : null;
  }

  /**
   * Returns a value as JSON in which no text can end the script element around it, or begin a
   * comment in it.
   */
  static String embeddable(Object value) {
    try {
      return MAPPER
          .writeValueAsString(value)
          .replace("<", "\\u003c")
          .replace(">", "\\u003e")
          .replace("&", "\\u0026")
          .replace("\u2028", "\\u2028")
          .replace("\u2029", "\\u2029");
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("report: its data cannot be written as JSON", impossible);
    }
  }
}
