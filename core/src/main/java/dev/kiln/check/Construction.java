package dev.kiln.check;

import dev.kiln.op.Value;
import java.util.Map;

/** Writes the operation of a golden case into a graph. */
@FunctionalInterface
interface Construction {

  /** Adds the operation and returns its results by the names that cases give them. */
  Map<String, Value> build(CaseGraph graph);
}
