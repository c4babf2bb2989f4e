package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.cpu.memory.HostBuffer;
import dev.kiln.op.CrossEntropy;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** The gradient of the cross-entropy, the rows divided among all threads. */
final class ParallelCrossEntropyGrad implements Op {

  private final OpContext context;
  private final double smoothing;
  private final TensorType target;
  private final ParallelRange rows;
  private final int classes;

  /** Compiles {@code probabilities [N, C], target [N], dloss -> dlogits [N, C]}. */
  ParallelCrossEntropyGrad(OpContext context, CrossEntropy.Grad spec, List<TensorType> inputs) {
    this.context = context;
    this.smoothing = spec.labelSmoothing();
    this.target = inputs.get(1);
    this.rows = ParallelRange.ofRows(inputs.get(0).shape().dim(0));
    this.classes = inputs.get(0).shape().dim(1);
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    MemorySegment p = HostBuffer.of(inputs.get(0)).segment();
    Tensor labels = Tensor.wrap(target, HostBuffer.of(inputs.get(1)).segment());
    MemorySegment dloss = HostBuffer.of(inputs.get(2)).segment();
    MemorySegment dlogits = HostBuffer.of(outputs.get(0)).segment();
    float[] share = new float[1];
    OpenMpTeam.Part part =
        index -> {
          for (int n = rows.start(index); n < rows.end(index); n++) {
            fillRow(n, (long) labels.get(n), share[0], p, dlogits);
          }
        };
    return () -> {
      share[0] = dloss.get(ValueLayout.JAVA_FLOAT, 0) / Math.max(1, counted(labels));
      context.team().run(part);
    };
  }

  private void fillRow(int row, long label, float share, MemorySegment p, MemorySegment dlogits) {
    boolean valid = label >= 0 && label < classes;
    float scale = label == CrossEntropy.IGNORE ? 0 : valid ? share : Float.NaN;
    float everywhere = (float) (smoothing / classes);
    float onLabel = (float) (1 - smoothing + smoothing / classes);
    long start = (long) row * classes;
    for (int c = 0; c < classes; c++) {
      float wanted = c == label ? onLabel : everywhere;
      float probability = p.getAtIndex(ValueLayout.JAVA_FLOAT, start + c);
      dlogits.setAtIndex(
          ValueLayout.JAVA_FLOAT, start + c, scale == 0 ? 0 : scale * (probability - wanted));
    }
  }

  private static int counted(Tensor labels) {
    int count = 0;
    for (long n = 0; n < labels.elements(); n++) {
      count += labels.get(n) == CrossEntropy.IGNORE ? 0 : 1;
    }
    return count;
  }

  @Override
  public void close() {
    context.scope().close();
  }
}
