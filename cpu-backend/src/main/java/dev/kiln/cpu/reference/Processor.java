package dev.kiln.cpu.reference;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The processor's name, for people. */
final class Processor {

  private static final Path CPUINFO = Path.of("/proc/cpuinfo");
  private static final Pattern MODEL = Pattern.compile("model name\\s*:\\s*(.+)");

  private Processor() {}

  /** Returns what the operating system calls the processor, or its architecture. */
  static String name() {
    String architecture = System.getProperty("os.arch");
    if (!Files.isReadable(CPUINFO)) {
      return architecture;
    }
    try {
      Matcher model = MODEL.matcher(Files.readString(CPUINFO));
      return model.find() ? model.group(1).strip() : architecture;
    } catch (IOException unreadable) {
      throw new UncheckedIOException("cannot read " + CPUINFO, unreadable);
    }
  }
}
