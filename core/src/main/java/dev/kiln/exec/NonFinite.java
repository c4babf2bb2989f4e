package dev.kiln.exec;

import java.util.Optional;

/**
 * Where a computation first went wrong.
 *
 * @param node the first node whose result is infinite or not a number, with its operation
 * @param data what is wrong with the data it was given; empty if the data are not at fault
 */
public record NonFinite(String node, Optional<String> data) {

  /** Returns the node, and what is wrong with its data. */
  @Override
  public String toString() {
    return node + data.map(fault -> ": " + fault).orElse("");
  }
}
