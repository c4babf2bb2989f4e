package dev.kiln.cuda;

import java.lang.foreign.MemorySegment;
import java.util.List;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/**
 * Copies to the GPU that travel on a stream of their own while the step before still runs: through
 * page-locked memory into memory on the GPU, from where they are copied to their places, which
 * takes next to no time, when that step has ended. Both memories come twice: while one is in use
 * the other is filled. It owns them and the stream.
 */
final class Uploads implements AutoCloseable {

  private static final int CELL_BYTES = 64 << 10;
  private static final int CELLS = 128;

  /**
   * A page-locked memory with its counterpart on the GPU, in cells, so that no pointer is made for
   * a copy.
   */
  private static final class Slot {

    private final PinnedMemory pinned;
    private final DeviceMemory staging;
    private final HostPointer[] sources = new HostPointer[CELLS];
    private final DevicePointer[] places = new DevicePointer[CELLS];
    private final CudaEvent uploaded;
    private final CudaEvent consumed;

    Slot(CudaContext context, NativeScope owner) {
      pinned = new PinnedMemory(CELLS * CELL_BYTES);
      owner.onClose(pinned::close);
      staging = DeviceMemory.allocate(context, (long) CELLS * CELL_BYTES);
      owner.onClose(staging::close);
      uploaded = new CudaEvent();
      owner.onClose(uploaded::close);
      consumed = new CudaEvent();
      owner.onClose(consumed::close);
      for (int cell = 0; cell < CELLS; cell++) {
        long offset = (long) cell * CELL_BYTES;
        sources[cell] = HostPointer.to(pinned.segment().asSlice(offset));
        places[cell] = new DevicePointer(staging.buffer().pointer(), offset);
      }
    }
  }

  private final CudaContext context;
  private final NativeScope owned = new NativeScope();
  private final CUstream stream = new CUstream();
  private final List<Slot> slots;
  private int current;
  private int usedCells;

  Uploads(CudaContext context) {
    this.context = context;
    Driver.check(
        "cuStreamCreate",
        JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING));
    owned.onClose(() -> Driver.check("cuStreamDestroy", JCudaDriver.cuStreamDestroy(stream)));
    boolean complete = false;
    try {
      slots = List.of(new Slot(context, owned), new Slot(context, owned));
      complete = true;
    } finally {
      if (!complete) {
        owned.close();
      }
    }
    context.synchronize();
  }

  /** Copies to the GPU after everything started before; the source may be changed at once. */
  void write(DeviceBuffer destination, MemorySegment source) {
    destination.checkLength(source.byteSize());
    long offset = 0;
    while (offset < source.byteSize()) {
      if (usedCells == CELLS) {
        turn();
      }
      long room = (long) (CELLS - usedCells) * CELL_BYTES;
      long bytes = Math.min(room, source.byteSize() - offset);
      if (bytes < source.byteSize() - offset && usedCells > 0) {
        turn(); // rather whole in the other slot than in pieces
        continue;
      }
      upload(destination, source, offset, bytes);
      offset += bytes;
    }
  }

  /** Goes on with the other slot, once what was copied through it is in its place. */
  private void turn() {
    current = 1 - current;
    usedCells = 0;
    slots.get(current).consumed.await();
  }

  private void upload(DeviceBuffer destination, MemorySegment source, long offset, long bytes) {
    Slot slot = slots.get(current);
    int cell = usedCells;
    usedCells += (int) ((bytes + CELL_BYTES - 1) / CELL_BYTES);
    MemorySegment.copy(source, offset, slot.pinned.segment(), (long) cell * CELL_BYTES, bytes);
    Driver.check(
        "cuMemcpyHtoDAsync",
        JCudaDriver.cuMemcpyHtoDAsync(slot.places[cell], slot.sources[cell], bytes, stream));
    slot.uploaded.record(stream);
    slot.uploaded.holdBack(context.stream());
    Driver.check(
        "cuMemcpyDtoDAsync",
        JCudaDriver.cuMemcpyDtoDAsync(
            destination.pointerTo(offset), slot.places[cell], bytes, context.stream()));
    slot.consumed.record(context.stream());
  }

  @Override
  public void close() {
    context.synchronize();
    owned.close();
  }
}
