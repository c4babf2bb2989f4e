package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.LayerNorm;
import java.util.List;

/** {@link LayerNorm}: a block for every row. */
record CudaLayerNorm(OpContext context, LayerNorm norm) implements Op {

  private static final String FILE = "layer_norm";

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    long rows = context.outputs().get(1).elements();
    Launch.Builder launch =
        context
            .launch(context.function(FILE, "layer_norm"))
            .number(rows)
            .number(context.input(1).elements());
    inputs.forEach(launch::buffer);
    outputs.forEach(launch::buffer);
    return launch.number(norm.epsilon()).blocks(rows);
  }

  @Override
  public String describe() {
    return "kernel layer_norm";
  }

  /** {@link LayerNorm.Grad}: a block for every row, then one for every 32 parameters. */
  record Grad(OpContext context, LayerNorm norm) implements Op {

    /** As in layer_norm.cu. */
    private static final long COLUMNS = 32;

    @Override
    public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
      long rows = context.input(2).elements();
      long length = context.input(1).elements();
      Kernel inputGrad =
          context
              .launch(context.function(FILE, "layer_norm_input_grad"))
              .number(rows)
              .number(length)
              .buffer(inputs.get(0))
              .buffer(inputs.get(1))
              .buffer(inputs.get(2))
              .buffer(inputs.get(3))
              .buffer(inputs.get(4))
              .buffer(outputs.get(0))
              .number(norm.epsilon())
              .blocks(rows);
      Kernel parameterGrad =
          context
              .launch(context.function(FILE, "layer_norm_parameter_grad"))
              .number(rows)
              .number(length)
              .buffer(inputs.get(0))
              .buffer(inputs.get(2))
              .buffer(inputs.get(3))
              .buffer(inputs.get(4))
              .buffer(outputs.get(1))
              .buffer(outputs.get(2))
              .number(norm.epsilon())
              .blocks(Math.ceilDiv(length, COLUMNS));
      return StreamWork.inOrder(List.of(inputGrad, parameterGrad));
    }

    @Override
    public String describe() {
      return "kernels layer_norm_input_grad, layer_norm_parameter_grad";
    }
  }
}
