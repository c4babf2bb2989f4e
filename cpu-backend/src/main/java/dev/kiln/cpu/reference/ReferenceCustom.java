package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.op.CustomSpec;
import dev.kiln.tensor.Tensor;
import java.util.List;

/** A {@link CustomSpec}, which brings its own plain Java. */
record ReferenceCustom(CustomSpec custom, OperandTypes types) implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    List<Tensor> given = List.copyOf(inputs);
    List<Tensor> results = List.copyOf(outputs);
    return () -> custom.compute(given, results);
  }

  @Override
  public String describe() {
    return custom.getClass().getName();
  }
}
