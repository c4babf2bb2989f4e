package dev.kiln.profile;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * One run of one node of a plan. Off unless a recording asks for it, since nodes run one at a time
 * then and a device is waited for after each.
 */
@Name("dev.kiln.Node")
@Label("Node")
@Category("Kiln")
@Description("One run of one node of a plan")
@Enabled(false)
@StackTrace(false)
@SuppressWarnings("UnusedVariable") // the flight recorder reads the fields
public final class NodeEvent extends Event {

  private static final NodeEvent PROBE = new NodeEvent(new Subject("", "", "", ""));

  @Label("Node")
  private final String node;

  @Label("Operation")
  private final String operation;

  @Label("Implementation")
  private final String implementation;

  @Label("Result")
  @Description("The type of the first output")
  private final String result;

  /** Creates the event of a node; it has not begun yet. */
  public NodeEvent(Subject subject) {
    this.node = subject.name();
    this.operation = subject.operation();
    this.implementation = subject.implementation();
    this.result = subject.result();
  }

  /** Returns whether a recording wants these events at present. */
  public static boolean isWanted() {
    return PROBE.isEnabled();
  }
}
