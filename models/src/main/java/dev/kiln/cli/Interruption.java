package dev.kiln.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends work in good order when the user interrupts the process: asks it to stop, then keeps the
 * process alive until this is closed, a minute at most.
 */
final class Interruption implements AutoCloseable {

  private static final long LONGEST_WAIT_SECONDS = 60;

  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook;
  private volatile boolean requested;

  /**
   * Begins to listen.
   *
   * @param stop asks the work to stop soon; called on another thread
   */
  Interruption(Runnable stop) {
    hook =
        new Thread(
            () -> {
              requested = true;
              stop.run();
              awaitEnd();
            },
            "kiln-interruption");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void awaitEnd() {
    try {
      finished.await(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException unexpected) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns whether the user has interrupted the process. */
  boolean isRequested() {
    return requested;
  }

  /** Lets the process end, or go on as if nothing had listened. */
  @Override
  public void close() {
    if (requested) {
      finished.countDown();
      return;
    }
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException endingJustNow) {
      finished.countDown();
    }
  }
}
