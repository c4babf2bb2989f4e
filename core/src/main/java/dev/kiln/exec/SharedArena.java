package dev.kiln.exec;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Memory;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory that several sessions use in turn, one run at a time: a plan for a short last batch, or
 * for evaluation, lies in the memory of the plan for the usual batch. What a session computed is
 * valid until another one runs. It owns the memory and must outlive its sessions.
 */
public final class SharedArena implements AutoCloseable {

  private final Backend backend;
  private final List<Memory> blocks = new ArrayList<>();

  /** Creates an arena without memory on a backend. */
  public SharedArena(Backend backend) {
    this.backend = backend;
  }

  /** Returns how many bytes would have to be allocated for a plan of this size: all or none. */
  long missing(long bytes) {
    return blocks.stream().anyMatch(block -> block.buffer().bytes() >= bytes) ? 0 : bytes;
  }

  /** Returns memory of at least this size. */
  Memory reserve(long bytes) {
    for (Memory block : blocks) {
      if (block.buffer().bytes() >= bytes) {
        return block;
      }
    }
    Memory block = backend.allocate(bytes);
    blocks.add(block);
    return block;
  }

  /** Frees the memory. */
  @Override
  public void close() {
    blocks.forEach(Memory::close);
    blocks.clear();
  }
}
