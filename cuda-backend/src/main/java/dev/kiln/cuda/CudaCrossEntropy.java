package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.CrossEntropy;
import java.util.List;

/** {@link CrossEntropy}: a block for every row, then one that averages. */
record CudaCrossEntropy(OpContext context, CrossEntropy crossEntropy) implements Op {

  private static final String FILE = "cross_entropy";

  private long rows() {
    return context.input(0).shape().dim(0);
  }

  /** The rows' losses, and whether each counts. */
  @Override
  public long workspaceBytes() {
    return 2 * rows() * Double.BYTES;
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    long half = rows() * Double.BYTES;
    Buffer losses = workspace.slice(0, half);
    Buffer counts = workspace.slice(half, half);
    Kernel eachRow =
        context
            .launch(context.function(FILE, context.indexed("cross_entropy_rows", 1)))
            .number(rows())
            .number((long) context.input(0).shape().dim(1))
            .buffer(inputs.get(0))
            .buffer(inputs.get(1))
            .buffer(outputs.get(1))
            .buffer(losses)
            .buffer(counts)
            .number(crossEntropy.labelSmoothing())
            .blocks(rows());
    Kernel mean =
        context
            .launch(context.function(FILE, "cross_entropy_mean"))
            .number(rows())
            .buffer(losses)
            .buffer(counts)
            .buffer(outputs.get(0))
            .blocks(1);
    return StreamWork.inOrder(List.of(eachRow, mean));
  }

  @Override
  public String describe() {
    return "kernels cross_entropy_rows, cross_entropy_mean";
  }

  /**
   * {@link CrossEntropy.Grad}: counts the rows that count, then computes every element by itself.
   */
  record Grad(OpContext context, CrossEntropy.Grad grad) implements Op {

    @Override
    public long workspaceBytes() {
      return Double.BYTES;
    }

    @Override
    public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
      long elements = context.output().elements();
      Kernel count =
          context
              .launch(context.function(FILE, context.indexed("cross_entropy_count", 1)))
              .number((long) context.output().shape().dim(0))
              .buffer(inputs.get(1))
              .buffer(workspace)
              .blocks(1);
      Kernel eachElement =
          context
              .launch(context.function(FILE, context.indexed("cross_entropy_grad", 1)))
              .number(elements)
              .number((long) context.output().shape().dim(1))
              .buffer(inputs.get(0))
              .buffer(inputs.get(1))
              .buffer(inputs.get(2))
              .buffer(workspace)
              .buffer(outputs.getFirst())
              .number(grad.labelSmoothing())
              .over(elements);
      return StreamWork.inOrder(List.of(count, eachElement));
    }

    @Override
    public String describe() {
      return "kernels cross_entropy_count, cross_entropy_grad";
    }
  }
}
