package dev.kiln.cpu.memory;

import dev.kiln.backend.Memory;
import dev.kiln.backend.OutOfMemoryException;
import dev.kiln.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Zeroed host memory outside the Java heap, aligned to {@link Tensor#ALIGNMENT} bytes. It may be
 * used by any thread, and is counted against {@link MemoryLimit} until it is closed.
 */
public final class HostMemory implements Memory {

  private static final AtomicLong HELD = new AtomicLong();

  private final Arena arena = Arena.ofShared();
  private final HostBuffer buffer;

  private HostMemory(long bytes) {
    MemorySegment segment;
    try {
      segment = arena.allocate(bytes, Tensor.ALIGNMENT);
    } catch (OutOfMemoryError refused) {
      arena.close();
      throw new OutOfMemoryException("host memory", bytes, availableBytes());
    }
    this.buffer = new HostBuffer(segment);
    HELD.addAndGet(bytes);
  }

  /**
   * Allocates zeroed memory.
   *
   * @param bytes its length, possibly 0
   * @throws OutOfMemoryException if it exceeds {@link #availableBytes}
   */
  public static HostMemory allocate(long bytes) {
    // Linux promises more memory than it has and kills whoever touches it, so ask beforehand.
    long available = availableBytes();
    if (bytes > available) {
      throw new OutOfMemoryException("host memory", bytes, available);
    }
    return new HostMemory(bytes);
  }

  /**
   * Returns how many bytes can be allocated at present: what the operating system can give, but no
   * more than {@link MemoryLimit} leaves beside the memory already held.
   */
  public static long availableBytes() {
    return Math.max(
        0, Math.min(MemoryLimit.systemBytes(), MemoryLimit.processBytes() - HELD.get()));
  }

  @Override
  public HostBuffer buffer() {
    return buffer;
  }

  /** Frees the memory; a second call does nothing. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
      HELD.addAndGet(-buffer.bytes());
    }
  }
}
