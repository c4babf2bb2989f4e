package dev.kiln.profile;

/**
 * What time is taken of.
 *
 * @param name the node in the graph, or what else is done
 * @param operation what a node computes; empty for what is no node
 * @param implementation what runs a node; empty for what is no node
 * @param result the type of a node's first output; empty for what is no node
 */
public record Subject(String name, String operation, String implementation, String result) {

  /** A whole training step. */
  public static final Subject STEP = new Subject("step", "", "", "");

  /** The wait for the next batch. */
  public static final Subject DATA_WAIT = new Subject("data wait", "", "", "");

  /** Returns whether it is a node of a plan. */
  public boolean isNode() {
    return !operation.isEmpty();
  }
}
