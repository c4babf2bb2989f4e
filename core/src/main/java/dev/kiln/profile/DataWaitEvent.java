package dev.kiln.profile;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A wait for the next batch, which a background thread prepares. */
@Name("dev.kiln.DataWait")
@Label("Data Wait")
@Category("Kiln")
@Description("A wait for the next batch, which a background thread prepares")
@StackTrace(false)
public final class DataWaitEvent extends Event {

  /** Creates an event; it has not begun yet. */
  public DataWaitEvent() {}
}
