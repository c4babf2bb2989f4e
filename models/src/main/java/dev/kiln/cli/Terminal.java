package dev.kiln.cli;

import java.io.Console;

/** What is known of the terminal. */
public final class Terminal {

  private Terminal() {}

  /** Returns whether a person watches the output, and not a file or another program. */
  @SuppressWarnings("SystemConsoleNull") // its declaration still allows null
  public static boolean isWatched() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }
}
