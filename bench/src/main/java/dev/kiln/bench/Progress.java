package dev.kiln.bench;

import dev.kiln.cli.Terminal;
import dev.kiln.cli.TerminalLine;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A bar on the terminal that tells what is being measured; nothing where nobody watches. */
final class Progress implements AutoCloseable {

  private static final int UPDATE_MILLIS = 250;

  private final PrintWriter out;
  private final String task;
  private final long parts;
  private final Instant began = Instant.now();
  private @Nullable ProgressBar bar;
  private long done;

  /**
   * Creates a bar, which shows at the first step.
   *
   * @param out the terminal
   * @param task what is done, in a word
   * @param parts of how many parts it consists
   */
  Progress(PrintWriter out, String task, long parts) {
    this.out = out;
    this.task = task;
    this.parts = parts;
  }

  /** Says what is done next. */
  void at(String what) {
    if (!Terminal.isWatched()) {
      return;
    }
    ProgressBar shown = bar;
    if (shown == null) {
      shown =
          new ProgressBarBuilder()
              .setTaskName(task)
              .setInitialMax(parts)
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(UPDATE_MILLIS)
              .startsFrom(done, Duration.between(began, Instant.now()))
              .setConsumer(new TerminalLine(out))
              .build();
      bar = shown;
    }
    shown.setExtraMessage(what);
    shown.stepTo(done);
  }

  /** Counts parts as done. */
  void done(long more) {
    done += more;
  }

  /** Erases the bar, so that lines can be printed; it comes back at the next step. */
  void pause() {
    close();
  }

  @Override
  public void close() {
    ProgressBar shown = bar;
    if (shown != null) {
      shown.close();
      bar = null;
    }
  }
}
