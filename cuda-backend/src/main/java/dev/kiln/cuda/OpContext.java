package dev.kiln.cuda;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.TensorType;
import java.util.List;
import java.util.Locale;

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
    return function(file, name, output().dtype());
  }

  /** Returns one of Kiln's kernels, compiled for an element type. */
  CudaFunction function(String file, String name, DType real) {
    return engine.kernels().function(file, name, real);
  }

  /** Returns the name of the kernel that takes whole numbers of the type of an input. */
  String indexed(String kernel, int input) {
    return kernel + "_" + input(input).dtype().name().toLowerCase(Locale.ROOT);
  }

  /** Begins a launch of a kernel. */
  Launch.Builder launch(CudaFunction function) {
    return new Launch.Builder(engine.context(), scope, function);
  }
}
