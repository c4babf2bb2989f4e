package dev.kiln.cli;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The limit that {@code --memory} sets for all CPU backends of the process. */
final class MemoryLimit {

  /** The system property that the CPU backends read. */
  static final String PROPERTY = "kiln.memory";

  private static final Pattern SIZE = Pattern.compile("\\d{1,12}[kKmMgG]?");

  private MemoryLimit() {}

  /**
   * Sets the limit, or leaves it as it is.
   *
   * @param size a number of bytes, or one with k, m or g behind it; null for no limit
   * @throws UsageException if it is not
   */
  static void set(@Nullable String size) {
    if (size == null) {
      return;
    }
    if (!SIZE.matcher(size).matches()) {
      throw new UsageException(
          "--memory must be a number of bytes, or one with k, m or g behind it, not '%s'"
              .formatted(size));
    }
    System.setProperty(PROPERTY, size.toUpperCase(Locale.ROOT));
  }
}
