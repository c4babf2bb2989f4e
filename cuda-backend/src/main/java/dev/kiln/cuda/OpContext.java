package dev.kiln.cuda;

import dev.kiln.tensor.TensorType;
import java.util.List;

/**
 * Where an operation is compiled, and for what.
 *
 * @param engine what runs it
 * @param scope what owns its native objects; closed with the operation
 * @param inputs the types of its inputs
 * @param outputs the types of its outputs
 */
record OpContext(
    CudaEngine engine, NativeScope scope, List<TensorType> inputs, List<TensorType> outputs) {

  /** Returns the type of an input. */
  TensorType input(int index) {
    return inputs.get(index);
  }

  /** Returns the type of the first output. */
  TensorType output() {
    return outputs.getFirst();
  }

  /** Returns one of Kiln's kernels, compiled for the element type of the first output. */
  CudaFunction function(String file, String name) {
    return engine.kernels().function(file, name, output().dtype());
  }

  /** Begins a launch of a kernel. */
  Launch.Builder launch(CudaFunction function) {
    return new Launch.Builder(engine.context(), scope, function);
  }
}
