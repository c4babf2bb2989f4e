package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.tensor.Tensor;
import java.util.List;

/**
 * An operation that takes several primitives, each of one tensor. What passes between them lies in
 * the workspace, behind the primitives' own scratch memory.
 */
final class PrimitiveSequence implements Op {

  private final List<PrimitiveOp> stages;

  /** Joins primitives of one scope, each of which reads what the one before it has written. */
  PrimitiveSequence(List<PrimitiveOp> stages) {
    this.stages = List.copyOf(stages);
  }

  @Override
  public long workspaceBytes() {
    long between =
        stages.stream()
            .limit(stages.size() - 1L)
            .mapToLong(stage -> aligned(stage.outputBytes()))
            .sum();
    return scratchBytes() + between;
  }

  private long scratchBytes() {
    return aligned(stages.stream().mapToLong(PrimitiveOp::workspaceBytes).max().orElse(0));
  }

  private static long aligned(long bytes) {
    return (bytes + Tensor.ALIGNMENT - 1) / Tensor.ALIGNMENT * Tensor.ALIGNMENT;
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    Kernel[] kernels = new Kernel[stages.size()];
    Buffer scratch = workspace.slice(0, scratchBytes());
    long offset = scratchBytes();
    Buffer from = inputs.getFirst();
    for (int i = 0; i < kernels.length; i++) {
      long bytes = stages.get(i).outputBytes();
      boolean last = i == kernels.length - 1;
      Buffer to = last ? outputs.getFirst() : workspace.slice(offset, bytes);
      kernels[i] = stages.get(i).bind(List.of(from), List.of(to), scratch);
      offset += aligned(bytes);
      from = to;
    }
    return KernelSequence.of(List.of(kernels));
  }

  @Override
  public String describe() {
    return stages.getFirst().describe();
  }

  /** Closes the scope that all primitives share. */
  @Override
  public void close() {
    stages.forEach(PrimitiveOp::close);
  }
}
