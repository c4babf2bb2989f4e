package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.Pack;
import java.util.ArrayList;
import java.util.List;

/** {@link Pack}: copies what does not lie in its place, and zeroes the gaps. */
record CudaPack(OpContext context, Pack pack) implements Op {

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    CudaContext cuda = context.engine().context();
    DeviceBuffer flat = DeviceBuffer.of(outputs.getFirst());
    long elementBytes = context.output().dtype().bytes();
    List<Kernel> work = new ArrayList<>();
    long end = 0;
    for (int i = 0; i < inputs.size(); i++) {
      DeviceBuffer source = DeviceBuffer.of(inputs.get(i));
      long start = pack.offsets().get(i) * elementBytes;
      work.add(StreamWork.copy(cuda, source, flat.slice(start, source.bytes())));
      zeroGap(work, flat.slice(end, start - end));
      end = start + source.bytes();
    }
    zeroGap(work, flat.slice(end, flat.bytes() - end));
    return StreamWork.inOrder(work);
  }

  private void zeroGap(List<Kernel> work, DeviceBuffer gap) {
    if (gap.bytes() > 0) {
      work.add(StreamWork.zero(context.engine().context(), gap));
    }
  }
}
