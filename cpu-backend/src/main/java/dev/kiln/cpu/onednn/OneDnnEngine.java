package dev.kiln.cpu.onednn;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.IntStream;

/** oneDNN's CPU engine and the streams its primitives run on. */
final class OneDnnEngine implements AutoCloseable {

  private static final int CPU = 1;
  private static final int IN_ORDER = 1;

  private final NativeScope scope = new NativeScope();
  private final MemorySegment engine;
  private final List<MemorySegment> streams;

  /** Creates the engine and a stream for each thread. */
  OneDnnEngine() {
    this.engine = scope.create(out -> Dnnl.API.engineCreate(out, CPU, 0), Dnnl.API::engineDestroy);
    this.streams =
        IntStream.range(0, OpenMpTeam.size())
            .mapToObj(thread ->
                scope.create(
                    out -> Dnnl.API.streamCreate(out, engine(), IN_ORDER), Dnnl.API::streamDestroy))
            .toList();
  }

  MemorySegment engine() {
    return engine;
  }

  /** Returns the stream of a thread of the team; the first one's is also that of all together. */
  MemorySegment stream(int thread) {
    return streams.get(thread);
  }

  /** Returns the version of the library, such as {@code 3.11.0}. */
  @SuppressWarnings("restricted")
  static String version() {
    MemorySegment version = Dnnl.API.version().reinterpret(3 * ValueLayout.JAVA_INT.byteSize());
    return "%d.%d.%d"
        .formatted(
            version.getAtIndex(ValueLayout.JAVA_INT, 0),
            version.getAtIndex(ValueLayout.JAVA_INT, 1),
            version.getAtIndex(ValueLayout.JAVA_INT, 2));
  }

  @Override
  public void close() {
    scope.close();
  }
}
