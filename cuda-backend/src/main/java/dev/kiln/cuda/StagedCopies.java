package dev.kiln.cuda;

import java.lang.foreign.MemorySegment;
import java.util.List;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.JCudaDriver;

/**
 * Copies between ordinary host memory and the GPU through two page-locked buffers in turn: while
 * the GPU fetches one, the processor fills the other. A copy to the GPU is over for its caller as
 * soon as the last part is staged. It owns the buffers.
 */
final class StagedCopies implements AutoCloseable {

  private static final int SLOT_BYTES = 4 << 20;

  /** A page-locked buffer, and the event after which it may be used again. */
  private static final class Slot implements AutoCloseable {

    private final PinnedMemory memory = new PinnedMemory(SLOT_BYTES);
    private final CUevent copied = new CUevent();

    Slot() {
      Driver.check(
          "cuEventCreate",
          JCudaDriver.cuEventCreate(copied, CUevent_flags.CU_EVENT_DISABLE_TIMING));
    }

    void awaitCopy() {
      Driver.check("cuEventSynchronize", JCudaDriver.cuEventSynchronize(copied));
    }

    void noteCopy(CudaContext context) {
      Driver.check("cuEventRecord", JCudaDriver.cuEventRecord(copied, context.stream()));
    }

    @Override
    public void close() {
      Driver.check("cuEventDestroy", JCudaDriver.cuEventDestroy(copied));
      memory.close();
    }
  }

  private final CudaContext context;
  private final List<Slot> slots = List.of(new Slot(), new Slot());
  private int next;

  StagedCopies(CudaContext context) {
    this.context = context;
  }

  private Slot nextFree() {
    Slot slot = slots.get(next);
    next = (next + 1) % slots.size();
    slot.awaitCopy();
    return slot;
  }

  /** Copies to the GPU after everything started before; the source may be changed at once. */
  void write(DeviceBuffer destination, MemorySegment source) {
    destination.checkLength(source.byteSize());
    for (long offset = 0; offset < source.byteSize(); offset += SLOT_BYTES) {
      long bytes = Math.min(SLOT_BYTES, source.byteSize() - offset);
      Slot slot = nextFree();
      MemorySegment.copy(source, offset, slot.memory.segment(), 0, bytes);
      Driver.check(
          "cuMemcpyHtoDAsync",
          JCudaDriver.cuMemcpyHtoDAsync(
              destination.pointerTo(offset), slot.memory.pointer(), bytes, context.stream()));
      slot.noteCopy(context);
    }
  }

  /** Copies from the GPU after everything started before, and waits for it. */
  void read(DeviceBuffer source, MemorySegment destination) {
    source.checkLength(destination.byteSize());
    for (long offset = 0; offset < destination.byteSize(); offset += SLOT_BYTES) {
      long bytes = Math.min(SLOT_BYTES, destination.byteSize() - offset);
      Slot slot = nextFree();
      Driver.check(
          "cuMemcpyDtoHAsync",
          JCudaDriver.cuMemcpyDtoHAsync(
              slot.memory.pointer(), source.pointerTo(offset), bytes, context.stream()));
      slot.noteCopy(context);
      slot.awaitCopy();
      MemorySegment.copy(slot.memory.segment(), 0, destination, offset, bytes);
    }
  }

  @Override
  public void close() {
    context.synchronize();
    slots.forEach(Slot::close);
  }
}
