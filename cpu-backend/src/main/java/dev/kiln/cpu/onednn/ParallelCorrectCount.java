package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.cpu.memory.HostBuffer;
import dev.kiln.op.CorrectCount;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** The count of samples that are classified right, the rows divided among all threads. */
final class ParallelCorrectCount implements Op {

  private final OpContext context;
  private final CorrectCount spec;
  private final TensorType target;
  private final ParallelRange rows;
  private final int classes;

  /** Compiles {@code scores [N, C], target [N] -> count}. */
  ParallelCorrectCount(OpContext context, CorrectCount spec, List<TensorType> inputs) {
    this.context = context;
    this.spec = spec;
    this.target = inputs.get(1);
    this.rows = ParallelRange.ofRows(inputs.get(0).shape().dim(0));
    this.classes = inputs.get(0).shape().dim(1);
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    MemorySegment scores = HostBuffer.of(inputs.get(0)).segment();
    Tensor labels = Tensor.wrap(target, HostBuffer.of(inputs.get(1)).segment());
    MemorySegment count = HostBuffer.of(outputs.get(0)).segment();
    long[] correct = new long[rows.parts()];
    OpenMpTeam.Part part =
        index -> {
          long own = 0;
          for (int n = rows.start(index); n < rows.end(index); n++) {
            own += isCorrect(scores, n, (long) labels.get(n)) ? 1 : 0;
          }
          correct[index] = own;
        };
    return () -> {
      context.team().run(part);
      long sum = 0;
      for (long each : correct) {
        sum += each;
      }
      count.set(ValueLayout.JAVA_LONG, 0, sum);
    };
  }

  /** Looks at a row only until its label is known not to be among the best. */
  private boolean isCorrect(MemorySegment scores, int row, long label) {
    if (label < 0 || label >= classes) {
      return false;
    }
    long start = (long) row * classes;
    float labelScore = scores.getAtIndex(ValueLayout.JAVA_FLOAT, start + label);
    int before = 0;
    for (int c = 0; c < classes && before < spec.k(); c++) {
      float score = scores.getAtIndex(ValueLayout.JAVA_FLOAT, start + c);
      before += spec.ranksBefore(c, score, (int) label, labelScore) ? 1 : 0;
    }
    return before < spec.k();
  }

  @Override
  public String describe() {
    return "ParallelCorrectCount";
  }

  @Override
  public void close() {
    context.scope().close();
  }
}
