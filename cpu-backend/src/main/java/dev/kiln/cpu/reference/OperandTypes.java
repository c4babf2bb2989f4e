package dev.kiln.cpu.reference;

import dev.kiln.tensor.TensorType;
import java.util.List;

/**
 * The types an operation is compiled for.
 *
 * @param inputs one for each input, in order
 * @param outputs one for each output, in order
 */
record OperandTypes(List<TensorType> inputs, List<TensorType> outputs) {

  /** Copies the lists. */
  OperandTypes {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }
}
