package dev.kiln.backend;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Copies at once: what a backend computes is there when the call that started it returns. */
final class BlockingReadback implements Readback {

  private static final long ALIGNMENT = 64;

  private final Backend backend;
  private final List<Buffer> sources;
  private final Arena arena = Arena.ofShared();
  private final List<MemorySegment> values;

  BlockingReadback(Backend backend, List<Buffer> sources) {
    this.backend = backend;
    this.sources = List.copyOf(sources);
    this.values =
        sources.stream().map(source -> arena.allocate(source.bytes(), ALIGNMENT)).toList();
  }

  @Override
  public List<MemorySegment> values() {
    return values;
  }

  @Override
  public void start() {
    for (int i = 0; i < values.size(); i++) {
      backend.read(sources.get(i), values.get(i));
    }
  }

  @Override
  public boolean isDone() {
    return true;
  }

  @Override
  public void await() {}

  @Override
  public void close() {
    arena.close();
  }
}
