package dev.kiln.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How long the processors have worked, for everyone and for one process. Linux: {@code /proc/stat}
 * and {@code /proc/PID/stat}; elsewhere nothing is known, and nobody seems to work.
 *
 * @param all ticks in which any processor worked, for this machine or (stolen) for its host
 * @param idle ticks in which any processor had nothing to do
 * @param own ticks of the process
 */
public record ProcessorUse(long all, long idle, long own) {

  private static final Path SYSTEM = Path.of("/proc/stat");

  /** Positions of idle and waiting among the counts of {@code cpu}; then come two guests'. */
  private static final int IDLE = 3;

  private static final int WAITING = 4;
  private static final int GUESTS = 8;

  /** Positions of user and system time after the name of the program, which ends with ')'. */
  private static final int USER = 11;

  private static final int SYSTEM_TIME = 12;

  /** Returns the counts as they are now. */
  public static ProcessorUse of(long pid) throws IOException {
    Path process = Path.of("/proc", String.valueOf(pid), "stat");
    if (!Files.isReadable(SYSTEM) || !Files.isReadable(process)) {
      return new ProcessorUse(0, 0, 0);
    }
    String[] counts =
        Files.readAllLines(SYSTEM).getFirst().replaceFirst("cpu +", "").split(" ", -1);
    long all = 0;
    long idle = 0;
    for (int i = 0; i < GUESTS; i++) {
      if (i == IDLE || i == WAITING) {
        idle += Long.parseLong(counts[i]);
      } else {
        all += Long.parseLong(counts[i]);
      }
    }
    String text = Files.readString(process);
    String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
    return new ProcessorUse(
        all, idle, Long.parseLong(fields[USER]) + Long.parseLong(fields[SYSTEM_TIME]));
  }

  /** Returns the share of the processors' time since then that others than the process had. */
  public double othersSince(ProcessorUse before) {
    long passed = all - before.all + idle - before.idle;
    long others = all - before.all - (own - before.own);
    return passed <= 0 ? 0 : Math.max(0, others) / (double) passed;
  }
}
