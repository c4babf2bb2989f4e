package dev.kiln.cpu.reference;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Op;
import dev.kiln.cpu.memory.HostBuffer;
import dev.kiln.op.OpSpec;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Runs single operations of the reference backend. */
final class Running {

  private Running() {}

  /** Returns the outputs of an operation, computed twice into memory that held garbage before. */
  static List<Tensor> run(OpSpec spec, Tensor... inputs) {
    List<TensorType> types = types(List.of(inputs));
    List<Tensor> outputs = spec.infer(types).stream().map(Running::garbage).toList();
    runInto(spec, List.of(inputs), outputs);
    return outputs;
  }

  /** Returns the first output of an operation. */
  static Tensor first(OpSpec spec, Tensor... inputs) {
    return run(spec, inputs).getFirst();
  }

  /** Runs an operation once, into tensors that may share the memory of its inputs. */
  static void runInPlace(OpSpec spec, List<Tensor> inputs, List<Tensor> outputs) {
    try (ReferenceBackend backend = new ReferenceBackend();
        Op op = backend.compile(spec, types(inputs), types(outputs))) {
      op.bind(buffers(inputs), buffers(outputs), new HostBuffer(MemorySegment.NULL)).run();
    }
  }

  private static void runInto(OpSpec spec, List<Tensor> inputs, List<Tensor> outputs) {
    try (ReferenceBackend backend = new ReferenceBackend();
        Op op = backend.compile(spec, types(inputs), types(outputs))) {
      var kernel = op.bind(buffers(inputs), buffers(outputs), new HostBuffer(MemorySegment.NULL));
      kernel.run();
      outputs.forEach(output -> output.data().fill((byte) 0x7f));
      kernel.run(); // a kernel must not remember anything of its last run
    }
  }

  private static Tensor garbage(TensorType type) {
    Tensor tensor = Tensor.allocate(type);
    tensor.data().fill((byte) 0xff);
    return tensor;
  }

  private static List<TensorType> types(List<Tensor> tensors) {
    return tensors.stream().map(Tensor::type).toList();
  }

  private static List<Buffer> buffers(List<Tensor> tensors) {
    return tensors.stream().<Buffer>map(tensor -> new HostBuffer(tensor.data())).toList();
  }
}
