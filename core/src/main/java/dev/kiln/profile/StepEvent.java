package dev.kiln.profile;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** One training step: a batch fed, forward, backward, the loss read, and the update. */
@Name("dev.kiln.Step")
@Label("Training Step")
@Category("Kiln")
@Description("A batch fed, forward, backward, the loss read, and the update")
@StackTrace(false)
@SuppressWarnings("UnusedVariable") // the flight recorder reads the fields
public final class StepEvent extends Event {

  @Label("Batch")
  @Description("How many batches had been trained on before")
  private long batch;

  @Label("Samples")
  private int samples;

  @Label("Loss")
  private double loss;

  /** Creates an event; it has not begun yet. */
  public StepEvent() {}

  /**
   * Ends the event and writes it if a recording wants it.
   *
   * @param batch how many batches had been trained on before
   * @param samples the samples of the batch
   * @param loss the loss before the update
   */
  public void commit(long batch, int samples, double loss) {
    end();
    if (shouldCommit()) {
      this.batch = batch;
      this.samples = samples;
      this.loss = loss;
      commit();
    }
  }
}
