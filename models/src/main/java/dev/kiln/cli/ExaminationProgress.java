package dev.kiln.cli;

import dev.kiln.evaluation.Progress;
import java.io.PrintWriter;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Shows how far an examination has come, by a bar where a person watches; else nothing. */
final class ExaminationProgress implements Progress, AutoCloseable {

  private static final int UPDATE_MILLIS = 200;

  private final PrintWriter out;
  private final String title;
  private final boolean watched;
  private @Nullable ProgressBar bar;
  private String shown = "";

  /**
   * Creates a display.
   *
   * @param out where it is shown
   * @param title what is examined; nothing where that is clear
   */
  ExaminationProgress(PrintWriter out, String title) {
    this.out = out;
    this.title = title;
    this.watched = Terminal.isWatched();
  }

  @Override
  public void advanced(String what, long done, long all) {
    if (!watched) {
      return;
    }
    ProgressBar current = bar;
    if (current == null || !shown.equals(what)) {
      close();
      current =
          new ProgressBarBuilder()
              .setTaskName(title.isEmpty() ? what : title + ", " + what)
              .setInitialMax(all)
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(UPDATE_MILLIS)
              .setConsumer(new TerminalLine(out))
              .build();
      bar = current;
      shown = what;
    }
    current.stepTo(done);
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
