package dev.kiln.cuda;

import java.nio.file.Path;

/** What came of looking for a native library. */
sealed interface Loading {

  /** It is loaded, now or since earlier. */
  record Done() implements Loading {}

  /** No folder has it. */
  record NotFound() implements Loading {}

  /**
   * The first file of its name cannot be loaded. The search ends there: another file further on
   * would not be the one that the machine is set up for.
   *
   * @param file the file
   * @param why what the system's loader says of it
   */
  record Broken(Path file, String why) implements Loading {

    /** Returns it as a sentence without a full stop. */
    String describe() {
      return "%s cannot be loaded: %s".formatted(file, why);
    }
  }
}
