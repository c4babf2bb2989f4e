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

/**
 * The cross-entropy: oneDNN's softmax for the probabilities, and a loop over the rows for the loss.
 */
final class OneDnnCrossEntropy implements Op {

  private final OpContext context;
  private final PrimitiveOp softmax;
  private final double smoothing;
  private final TensorType target;
  private final ParallelRange rows;
  private final int classes;

  /** Compiles {@code logits [N, C], target [N] -> loss, probabilities [N, C]}. */
  OneDnnCrossEntropy(OpContext context, CrossEntropy spec, List<TensorType> inputs) {
    TensorType logits = inputs.get(0);
    this.context = context;
    this.softmax = OneDnnSoftmax.forward(context, OneDnnSoftmax.PROBABILITIES, 1, logits);
    this.smoothing = spec.labelSmoothing();
    this.target = inputs.get(1);
    this.rows = ParallelRange.ofRows(logits.shape().dim(0));
    this.classes = logits.shape().dim(1);
  }

  @Override
  public long workspaceBytes() {
    return softmax.workspaceBytes();
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    Kernel probabilities = softmax.bind(List.of(inputs.get(0)), List.of(outputs.get(1)), workspace);
    Tensor labels = Tensor.wrap(target, HostBuffer.of(inputs.get(1)).segment());
    MemorySegment logits = HostBuffer.of(inputs.get(0)).segment();
    MemorySegment p = HostBuffer.of(outputs.get(1)).segment();
    MemorySegment loss = HostBuffer.of(outputs.get(0)).segment();
    double[] losses = new double[rows.elements()];
    OpenMpTeam.Part part =
        index -> {
          for (int n = rows.start(index); n < rows.end(index); n++) {
            losses[n] = loss(n, (long) labels.get(n), logits, p);
          }
        };
    return () -> {
      probabilities.run();
      context.team().run(part);
      loss.set(ValueLayout.JAVA_FLOAT, 0, (float) mean(losses, labels));
    };
  }

  /** One sample's loss, 0 if it does not count. */
  private double loss(int row, long label, MemorySegment logits, MemorySegment p) {
    if (label == CrossEntropy.IGNORE) {
      return 0;
    }
    if (label < 0 || label >= classes) {
      return Double.NaN;
    }
    long start = (long) row * classes;
    long best = start;
    float largest = logits.getAtIndex(ValueLayout.JAVA_FLOAT, start);
    double sum = 0;
    for (long i = start; i < start + classes; i++) {
      float logit = logits.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      sum += logit;
      if (logit > largest) {
        largest = logit;
        best = i;
      }
    }
    // The largest probability is e^(largest - logSum) and never underflows, unlike the label's.
    double logSum = largest - Math.log(p.getAtIndex(ValueLayout.JAVA_FLOAT, best));
    double onLabel = logSum - logits.getAtIndex(ValueLayout.JAVA_FLOAT, start + label);
    return smoothing == 0
        ? onLabel
        : (1 - smoothing) * onLabel + smoothing * (logSum - sum / classes);
  }

  /** The mean over the samples that count, 0 if none does. */
  private static double mean(double[] losses, Tensor labels) {
    double total = 0;
    int count = 0;
    for (int n = 0; n < losses.length; n++) {
      total += losses[n];
      count += labels.get(n) == CrossEntropy.IGNORE ? 0 : 1;
    }
    return count == 0 ? 0 : total / count;
  }

  @Override
  public String describe() {
    return "OneDnnCrossEntropy";
  }

  @Override
  public void close() {
    context.scope().close();
  }
}
