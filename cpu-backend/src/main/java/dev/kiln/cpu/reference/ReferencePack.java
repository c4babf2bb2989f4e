package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.op.Pack;
import dev.kiln.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** {@link Pack} in plain Java: copies what does not lie in its place, and zeroes the gaps. */
record ReferencePack(Pack pack, OperandTypes types) implements ReferenceOp {

  private record Copy(MemorySegment source, MemorySegment destination) {}

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    MemorySegment flat = outputs.get(0).data();
    long elementBytes = outputs.get(0).type().dtype().bytes();
    List<Copy> copies = new ArrayList<>();
    List<MemorySegment> gaps = new ArrayList<>();
    long end = 0;
    for (int i = 0; i < inputs.size(); i++) {
      MemorySegment source = inputs.get(i).data();
      long start = pack.offsets().get(i) * elementBytes;
      MemorySegment place = flat.asSlice(start, source.byteSize());
      if (source.address() != place.address()) {
        copies.add(new Copy(source, place));
      }
      gaps.add(flat.asSlice(end, start - end));
      end = start + source.byteSize();
    }
    gaps.add(flat.asSlice(end));
    gaps.removeIf(gap -> gap.byteSize() == 0);
    return kernel(copies.toArray(Copy[]::new), gaps.toArray(MemorySegment[]::new));
  }

  private static Kernel kernel(Copy[] copies, MemorySegment[] gaps) {
    return () -> {
      for (Copy copy : copies) {
        copy.destination.copyFrom(copy.source);
      }
      for (MemorySegment gap : gaps) {
        gap.fill((byte) 0);
      }
    };
  }
}
