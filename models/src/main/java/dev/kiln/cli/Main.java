package dev.kiln.cli;

import java.util.Locale;

/** Starts the {@code kiln} command. */
public final class Main {

  private Main() {}

  /**
   * Runs the command and ends the process: 0 when it did what it should, 2 when it was called
   * wrongly, 1 when it failed, 130 when it was interrupted.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    // Numbers read the same everywhere, and can be compared with what the documentation shows.
    Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
    System.exit(Kiln.commandLine(args).execute(args));
  }
}
