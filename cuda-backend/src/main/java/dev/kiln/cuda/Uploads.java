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
 * the other is filled.
 */
final class Uploads {

  private static final int CELL_BYTES = 64 << 10;
  private static final int CELLS = 128;

  /**
   * A page-locked memory with its counterpart on the GPU, in cells, so that no pointer is made for
   * a copy.
   */
  private static final class Slot {

    private final PinnedMemory pinned;
    private final HostPointer[] sources = new HostPointer[CELLS];
    private final DevicePointer[] places = new DevicePointer[CELLS];
    private final CudaEvent uploaded;
    private final CudaEvent consumed;

    Slot(NativeScope scope, CudaContext context) {
      pinned = PinnedMemory.in(scope, CELLS * CELL_BYTES);
      DeviceMemory staging = DeviceMemory.allocate(context, (long) CELLS * CELL_BYTES);
      scope.onClose(staging::close);
      uploaded = CudaEvent.in(scope);
      consumed = CudaEvent.in(scope);
      for (int cell = 0; cell < CELLS; cell++) {
        long offset = (long) cell * CELL_BYTES;
        sources[cell] = HostPointer.to(pinned.segment().asSlice(offset));
        places[cell] = new DevicePointer(staging.buffer().pointer(), offset);
      }
    }
  }

  private final CudaContext context;
  private final CUstream stream = new CUstream();
  private final List<Slot> slots;
  private int current;
  private int usedCells;

  /** Prepares for copies until a scope is closed. */
  Uploads(NativeScope scope, CudaContext context) {
    this.context = context;
    Driver.check(
        "cuStreamCreate",
        JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING));
    scope.onClose(() -> Driver.check("cuStreamDestroy", JCudaDriver.cuStreamDestroy(stream)));
    slots = List.of(new Slot(scope, context), new Slot(scope, context));
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
    usedCells += Math.toIntExact(Math.ceilDiv(bytes, CELL_BYTES));
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
}
