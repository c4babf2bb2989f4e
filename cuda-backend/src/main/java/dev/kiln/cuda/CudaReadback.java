package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Readback;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.JCudaDriver;

/**
 * Copies from the GPU into page-locked memory, put on the stream behind what was started before. It
 * owns the memory and the event that says that the copies are there.
 */
final class CudaReadback implements Readback {

  private static final int ALIGNMENT = 64;

  private record Copy(HostPointer to, DevicePointer from, long bytes) {}

  private final NativeScope owned;
  private final CudaContext context;
  private final CudaEvent copied;
  private final List<MemorySegment> values = new ArrayList<>();
  private final Copy[] copies;

  private CudaReadback(NativeScope owned, CudaContext context, List<Buffer> sources) {
    this.owned = owned;
    this.context = context;
    copied = CudaEvent.in(owned);
    long bytes = sources.stream().mapToLong(CudaReadback::alignedBytes).sum();
    PinnedMemory memory = PinnedMemory.in(owned, Math.toIntExact(bytes));
    List<Copy> all = new ArrayList<>();
    long offset = 0;
    for (Buffer source : sources) {
      MemorySegment value = memory.segment().asSlice(offset, source.bytes());
      values.add(value);
      DeviceBuffer from = DeviceBuffer.of(source);
      all.add(new Copy(HostPointer.to(value), from.pointerTo(0), source.bytes()));
      offset += alignedBytes(source);
    }
    copies = all.toArray(Copy[]::new);
  }

  /** Prepares copies of buffers. */
  static CudaReadback of(CudaContext context, List<Buffer> sources) {
    return NativeScope.owned(scope -> new CudaReadback(scope, context, sources));
  }

  private static long alignedBytes(Buffer source) {
    return Math.ceilDiv(source.bytes(), ALIGNMENT) * ALIGNMENT;
  }

  @Override
  public List<MemorySegment> values() {
    return List.copyOf(values);
  }

  @Override
  public void start() {
    context.enter();
    for (Copy copy : copies) {
      Driver.check(
          "cuMemcpyDtoHAsync",
          JCudaDriver.cuMemcpyDtoHAsync(copy.to, copy.from, copy.bytes, context.stream()));
    }
    copied.record(context.stream());
  }

  @Override
  public boolean isDone() {
    context.enter();
    return copied.hasPassed();
  }

  @Override
  public void await() {
    context.enter();
    copied.await();
  }

  @Override
  public void close() {
    context.enter();
    context.synchronize();
    owned.close();
  }
}
