package dev.kiln.cli;

import java.io.PrintWriter;
import me.tongfei.progressbar.ProgressBarConsumer;

/**
 * The terminal's current line, written over and over again by a progress bar. The library's own
 * would load a terminal library to learn the width, which takes longer than the first epoch of a
 * small network.
 *
 * @param out the terminal
 */
public record TerminalLine(PrintWriter out) implements ProgressBarConsumer {

  private static final int WIDTH = 99;
  private static final String ERASE = "\r\033[K";

  @Override
  public int getMaxRenderedLength() {
    return WIDTH;
  }

  @Override
  public void accept(String text) {
    out.print(ERASE + text);
    out.flush();
  }

  @Override
  public void close() {
    out.print(ERASE);
    out.flush();
  }
}
