package dev.kiln.cpu.onednn;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs Java loops on the very threads that run oneDNN's primitives. OpenMP's workers wait for the
 * next primitive by spinning, which makes starting one cheap (about 1 microsecond); threads of the
 * JVM's own would have to fight them for the processors.
 */
final class OpenMpTeam implements AutoCloseable {

  /** A part of a loop. */
  interface Part {

    /**
     * Runs one part.
     *
     * @param index which part, in [0, {@link #size})
     */
    void run(int index);
  }

  private static final MethodHandle PARALLEL;
  private static final MethodHandle THREAD;
  private static final MethodHandle THREADS;
  private static final MethodHandle SET_THREADS;
  private static final int SIZE;

  static {
    SymbolLookup library = NativeLibrary.openMp();
    PARALLEL =
        link(
            library,
            "GOMP_parallel",
            FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT));
    // These two only read a thread-local number, so the JVM need not be told about the call.
    FunctionDescriptor number = FunctionDescriptor.of(ValueLayout.JAVA_INT);
    THREAD = link(library, "omp_get_thread_num", number, Linker.Option.critical(false));
    THREADS = link(library, "omp_get_num_threads", number, Linker.Option.critical(false));
    SIZE = number(link(library, "omp_get_max_threads", number));
    SET_THREADS =
        link(library, "omp_set_num_threads", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
  }

  private final Arena arena = Arena.ofShared();
  private final MemorySegment entry;
  private volatile @Nullable Part part;
  private volatile @Nullable RuntimeException failure;

  /** Prepares the entry point through which OpenMP's threads call back. */
  @SuppressWarnings("restricted")
  OpenMpTeam() {
    try {
      MethodHandle member =
          MethodHandles.lookup()
              .findVirtual(
                  OpenMpTeam.class, "member", MethodType.methodType(void.class, long.class));
      // The argument is a pointer that is never followed; as a number it costs no object.
      FunctionDescriptor descriptor = FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG);
      this.entry = Linker.nativeLinker().upcallStub(member.bindTo(this), descriptor, arena);
    } catch (ReflectiveOperationException impossible) {
      throw new LinkageError("OpenMpTeam has no member method", impossible);
    }
  }

  @SuppressWarnings("restricted")
  private static MethodHandle link(
      SymbolLookup library,
      String function,
      FunctionDescriptor descriptor,
      Linker.Option... options) {
    MemorySegment address =
        library
            .find(function)
            .orElseThrow(() -> new IllegalStateException("OpenMP has no function " + function));
    return Linker.nativeLinker().downcallHandle(address, descriptor, options);
  }

  /**
   * Returns the number of threads, and so of parts: all processors unless OMP_NUM_THREADS is set.
   */
  static int size() {
    return SIZE;
  }

  /**
   * Calls something while OpenMP gives this thread no others: a primitive that is created there is
   * made to run on a single thread, so that each member of the team can run it on rows of its own.
   */
  static <T> T alone(Supplier<T> call) {
    setThreads(1);
    try {
      return call.get();
    } finally {
      setThreads(SIZE);
    }
  }

  private static void setThreads(int count) {
    try {
      SET_THREADS.invokeExact(count);
    } catch (Throwable impossible) {
      // A method handle declares Throwable; one of a C function throws nothing.
      throw new AssertionError(impossible);
    }
  }

  /** Runs every part once, on as many threads, and returns when all have finished. */
  void run(Part work) {
    part = work;
    try {
      PARALLEL.invokeExact(entry, MemorySegment.NULL, SIZE, 0);
    } catch (Throwable impossible) {
      // A method handle declares Throwable; one of a C function throws nothing.
      throw new AssertionError(impossible);
    }
    part = null;
    RuntimeException thrown = failure;
    if (thrown != null) {
      failure = null;
      throw thrown;
    }
  }

  /** One thread's share; OpenMP may give fewer threads than were asked for. */
  @SuppressWarnings("UnusedMethod") // found by name, called by OpenMP
  private void member(long unused) {
    Part work = part;
    if (work == null) {
      return;
    }
    int step = number(THREADS);
    for (int index = number(THREAD); index < SIZE; index += step) {
      try {
        work.run(index);
      } catch (RuntimeException thrown) {
        // An exception must not cross native frames: it would end the process.
        failure = thrown;
      }
    }
  }

  private static int number(MethodHandle function) {
    try {
      return (int) function.invokeExact();
    } catch (Throwable impossible) {
      // A method handle declares Throwable; one of a C function throws nothing.
      throw new AssertionError(impossible);
    }
  }

  /** Frees the entry point. */
  @Override
  public void close() {
    arena.close();
  }
}
