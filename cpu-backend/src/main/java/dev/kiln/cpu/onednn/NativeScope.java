package dev.kiln.cpu.onednn;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * The one owner of native objects that live and die together: frees them, the newest first, and the
 * memory allocated for them.
 */
final class NativeScope implements AutoCloseable {

  private final Arena arena = Arena.ofShared();
  private final Deque<Runnable> releases = new ArrayDeque<>();

  /** Returns native memory that is freed with this scope. */
  Arena arena() {
    return arena;
  }

  /**
   * Creates an object and owns it.
   *
   * @param constructor writes the object's handle to the place it is given
   * @param destructor frees the object with the handle it is given
   * @return the handle
   */
  MemorySegment create(Consumer<MemorySegment> constructor, Consumer<MemorySegment> destructor) {
    MemorySegment place = arena.allocate(ValueLayout.ADDRESS);
    constructor.accept(place);
    MemorySegment handle = place.get(ValueLayout.ADDRESS, 0);
    releases.push(() -> destructor.accept(handle));
    return handle;
  }

  /** Returns an array of {@code int64_t}. */
  MemorySegment longs(long... values) {
    return arena.allocateFrom(ValueLayout.JAVA_LONG, values);
  }

  /** Frees everything; a second call does nothing. */
  @Override
  public void close() {
    while (!releases.isEmpty()) {
      releases.pop().run();
    }
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
