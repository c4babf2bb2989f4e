package dev.kiln.cpu.memory;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much memory this machine can give, and how much of it Kiln may take: all of it, or what the
 * system property {@value #PROPERTY} allows, such as {@code 512M} or {@code 4G} (without a letter:
 * bytes).
 */
final class MemoryLimit {

  /** The system property that caps the memory held by all CPU backends of this process together. */
  static final String PROPERTY = "kiln.memory";

  private static final Path MEMINFO = Path.of("/proc/meminfo");
  private static final Pattern AVAILABLE = Pattern.compile("MemAvailable:\\s+(\\d+) kB");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,12})([KMG]?)");

  private MemoryLimit() {}

  /** Returns the bytes the operating system can give at present, caches it would drop included. */
  static long systemBytes() {
    if (Files.isReadable(MEMINFO)) {
      Matcher line = AVAILABLE.matcher(read(MEMINFO));
      if (line.find()) {
        return Long.parseLong(line.group(1)) << 10;
      }
    }
    return machine().getFreeMemorySize();
  }

  /** Returns the bytes this process may hold: the machine's or container's, or the property's. */
  static long processBytes() {
    long total = machine().getTotalMemorySize();
    String property = System.getProperty(PROPERTY);
    return property == null ? total : Math.min(total, parse(property));
  }

  /**
   * Returns the bytes that a size stands for.
   *
   * @throws IllegalArgumentException if it is not a number with K, M, G or nothing behind it
   */
  static long parse(String size) {
    Matcher parts = SIZE.matcher(size);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "%s must be a number of bytes, or one with K, M or G behind it, not '%s'"
              .formatted(PROPERTY, size));
    }
    int shift =
        switch (parts.group(2)) {
          case "K" -> 10;
          case "M" -> 20;
          case "G" -> 30;
          default -> 0;
        };
    long number = Long.parseLong(parts.group(1));
    return number > Long.MAX_VALUE >> shift ? Long.MAX_VALUE : number << shift;
  }

  private static OperatingSystemMXBean machine() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException unreadable) {
      throw new UncheckedIOException("cannot read " + file, unreadable);
    }
  }
}
