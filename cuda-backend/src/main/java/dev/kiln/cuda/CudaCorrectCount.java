package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.CorrectCount;
import dev.kiln.op.CorrectCount.Ties;
import java.util.List;

/** {@link CorrectCount}: a block for every row, then one that adds. */
record CudaCorrectCount(OpContext context, CorrectCount spec) implements Op {

  private static final String FILE = "correct_count";

  private long rows() {
    return context.input(0).shape().dim(0);
  }

  /** Whether each row is right. */
  @Override
  public long workspaceBytes() {
    return rows() * Double.BYTES;
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    Kernel eachRow =
        context
            .launch(function(context.indexed("correct_count_rows", 1)))
            .number(rows())
            .number((long) context.input(0).shape().dim(1))
            .buffer(inputs.get(0))
            .buffer(inputs.get(1))
            .buffer(workspace)
            .number((long) spec.k())
            .number(spec.ties() == Ties.LOWER_FIRST ? 1L : 0L)
            .blocks(rows());
    Kernel sum =
        context
            .launch(function("correct_count_sum"))
            .number(rows())
            .buffer(workspace)
            .buffer(outputs.getFirst())
            .blocks(1);
    return StreamWork.inOrder(List.of(eachRow, sum));
  }

  /** The kernels are compiled for the type of the scores: the result is a whole number. */
  private CudaFunction function(String name) {
    return context.function(FILE, name, context.input(0).dtype());
  }

  @Override
  public String describe() {
    return "kernels correct_count_rows, correct_count_sum";
  }
}
