package dev.kiln.cuda;

import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;

/**
 * The one owner of native objects that live and die together: frees them, the newest first, and the
 * memory allocated for them.
 */
final class NativeScope implements AutoCloseable {

  private final Arena arena = Arena.ofShared();
  private final Deque<Runnable> releases = new ArrayDeque<>();

  /**
   * Makes what is the owner of a scope from now on; the scope is closed if that fails, so that
   * nothing is left of what was made by halves.
   */
  static <T> T owned(Function<NativeScope, T> make) {
    NativeScope scope = new NativeScope();
    boolean made = false;
    try {
      T owner = make.apply(scope);
      made = true;
      return owner;
    } finally {
      if (!made) {
        scope.close();
      }
    }
  }

  /** Returns host memory that is freed with this scope, for arguments, scalars and descriptors. */
  Arena arena() {
    return arena;
  }

  /** Owns an object: calls its destructor when this scope is closed. */
  void onClose(Runnable destructor) {
    releases.push(destructor);
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
