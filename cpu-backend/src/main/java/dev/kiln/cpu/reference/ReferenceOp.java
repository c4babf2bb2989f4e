package dev.kiln.cpu.reference;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.cpu.memory.HostBuffer;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * An operation in plain Java: the buffers it is bound to are read and written as host tensors.
 *
 * <p>Scratch is arrays of doubles in the Java heap, of the size of an operand or less, and not
 * workspace of the plan: with arrays a kernel reads like the formula that it defines, and the JVM
 * compiles no loop over native memory to vector instructions. So the plan's bytes are all that is
 * allocated of the backend, and the heap comes on top of them, once, when a plan is bound.
 */
interface ReferenceOp extends Op {

  /** Returns the types it was compiled for. */
  OperandTypes types();

  /** Binds the operation to tensors; scratch arrays are allocated here, never by the kernel. */
  Kernel kernel(List<Tensor> inputs, List<Tensor> outputs);

  @Override
  default Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    return kernel(tensors(types().inputs(), inputs), tensors(types().outputs(), outputs));
  }

  /** Returns the class with the one around it, such as {@code ReferenceConv2d.InputGrad}. */
  @Override
  default String describe() {
    Class<?> outer = getClass().getDeclaringClass();
    String own = getClass().getSimpleName();
    return outer == null ? own : outer.getSimpleName() + "." + own;
  }

  private static List<Tensor> tensors(List<TensorType> types, List<Buffer> buffers) {
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      tensors.add(Tensor.wrap(types.get(i), HostBuffer.of(buffers.get(i)).segment()));
    }
    return tensors;
  }
}
