package dev.kiln.cuda;

import java.util.function.Consumer;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/** Says every few seconds how many tests have run. */
final class TestProgress implements TestExecutionListener {

  private static final long INTERVAL_NANOS = 5_000_000_000L;

  private final Consumer<String> out;
  private final long begin = System.nanoTime();
  private long said = begin;
  private int run;
  private int failed;

  /** Creates a listener that writes lines somewhere. */
  TestProgress(Consumer<String> out) {
    this.out = out;
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (!test.isTest()) {
      return;
    }
    run++;
    failed += result.getStatus() == TestExecutionResult.Status.FAILED ? 1 : 0;
    if (System.nanoTime() - said >= INTERVAL_NANOS) {
      said = System.nanoTime();
      out.accept(
          "  %,d tests, %d failed, %d s".formatted(run, failed, (said - begin) / 1_000_000_000));
    }
  }
}
