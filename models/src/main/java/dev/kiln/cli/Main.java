package dev.kiln.cli;

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
    System.exit(Kiln.commandLine(args).execute(args));
  }
}
