package dev.kiln.exec;

import dev.kiln.op.Value;
import org.jspecify.annotations.Nullable;

/**
 * Where a value lies: in the arena, or inside an input or a variable.
 *
 * @param owner the input or variable whose memory it is in, or null for the arena
 * @param offset its first byte there
 * @param bytes its length
 */
public record Placement(@Nullable Value owner, long offset, long bytes) {

  /** Returns the place as {@code arena+4096} or {@code parameters+0}. */
  @Override
  public String toString() {
    return (owner == null ? "arena" : owner.name()) + "+" + offset;
  }
}
