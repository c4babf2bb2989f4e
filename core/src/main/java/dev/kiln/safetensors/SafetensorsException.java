package dev.kiln.safetensors;

import java.io.IOException;

/** A safetensors file breaks the format, or lacks what was asked of it; the message says where. */
public final class SafetensorsException extends IOException {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST_NAME = 100;

  SafetensorsException(String file, String rule) {
    super(file + ": " + rule);
  }

  SafetensorsException(String file, String rule, Throwable cause) {
    super(file + ": " + rule, cause);
  }

  /**
   * The tensor as messages name it: names come from the file, so they are cut and made printable.
   */
  static String named(String tensor) {
    String shown =
        tensor.length() <= LONGEST_NAME ? tensor : tensor.substring(0, LONGEST_NAME) + "...";
    return "tensor '" + shown.replaceAll("\\p{Cntrl}", "?") + "'";
  }
}
