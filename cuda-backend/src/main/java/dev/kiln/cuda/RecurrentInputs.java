package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.op.Recurrent;
import dev.kiln.op.RecurrentWeights;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * What a recurrent stack reads, forwards and backwards alike.
 *
 * @param context where the operation is compiled
 * @param shape the sizes
 * @param inputs the operation's inputs, those of the forward pass first
 */
record RecurrentInputs(OpContext context, RecurrentShape shape, List<Buffer> inputs) {

  /** Returns one of the weights. */
  DeviceBuffer weight(int layer, int direction, RecurrentWeights.Kind kind) {
    return shape.weight(inputs.get(1), layer, direction, kind);
  }

  /** Returns {@code h0} (0) or {@code c0} (1) of a layer and direction. */
  DeviceBuffer initial(int state, int layer, int direction) {
    return shape.state(inputs.get(2 + state), layer, direction);
  }

  /** Begins a kernel for one turn: its count, its sizes and the lengths. */
  Launch.Builder step(CudaFunction function, int direction, int turn) {
    return withLengths(
        context
            .launch(function)
            .number(shape.stateElements())
            .struct(shape.step(context.scope().arena(), direction, turn)));
  }

  /** Adds the lengths of the sequences, or nothing where they are equal. */
  Launch.Builder withLengths(Launch.Builder launch) {
    int index = shape.spec().lengthsIndex();
    return index < 0 ? launch.absent() : launch.buffer(inputs.get(index));
  }

  /** Drops elements of a layer's states, or of their gradient. */
  Kernel dropout(int layer, Buffer from, Buffer to) {
    Recurrent spec = shape.spec();
    TensorType rows = shape.rowsOf(shape.outputWidth());
    TensorType counter = context.input(spec.counterIndex());
    OpContext own =
        new OpContext(context.engine(), context.scope(), List.of(rows, counter), List.of(rows));
    return new CudaDropout(own, spec.dropoutAfter(layer))
        .bind(List.of(from, inputs.get(spec.counterIndex())), List.of(to), from);
  }

  /**
   * Makes what belongs to sequences of invalid lengths not a number; nothing where there are no
   * lengths.
   *
   * @param sequences [N, T, width]
   * @param states each [layers * directions, N, hidden]
   */
  List<Kernel> markInvalid(Buffer sequences, int width, List<Buffer> states) {
    if (!shape.spec().ragged()) {
      return List.of();
    }
    List<Kernel> marks = new ArrayList<>();
    marks.add(markInvalid(sequences, (long) shape.steps() * width));
    states.forEach(state -> marks.add(markInvalid(state, shape.hidden())));
    return marks;
  }

  /** Marks values [..., N, inner]. */
  private Kernel markInvalid(Buffer values, long inner) {
    long count = values.bytes() / shape.dtype().bytes();
    Launch.Builder launch =
        context
            .launch(context.function(CudaRecurrent.FILE, "recurrent_invalid"))
            .number(count)
            .number(inner)
            .number((long) shape.batch())
            .number((long) shape.steps());
    return withLengths(launch).buffer(values).over(count);
  }
}
