package dev.kiln.exec;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.op.IndexRange;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.DoublePredicate;

/**
 * Finds out where a step first computes something that is infinite or not a number, by running it
 * again node by node.
 *
 * @param backend where it runs
 * @param steps the steps of the plan
 * @param kernels one for each step
 * @param arena where results lie
 * @param inputs where the graph's inputs lie
 */
record NonFiniteSearch(
    Backend backend,
    List<Step> steps,
    List<Kernel> kernels,
    Buffer arena,
    Map<Value, Buffer> inputs) {

  /** Runs up to the first node of which some floating-point output is not finite. */
  Optional<NonFinite> first() {
    for (int i = 0; i < kernels.size(); i++) {
      kernels.get(i).run();
      backend.synchronize();
      Step step = steps.get(i);
      for (int k = 0; k < step.outputs().size(); k++) {
        Value output = step.node().outputs().get(k);
        Placement place = step.outputs().get(k);
        if (place.owner() == null && !isFinite(output.type(), place)) {
          String name = "%s (%s)".formatted(step.node().name(), step.node().spec().opName());
          return Optional.of(new NonFinite(name, fault(step)));
        }
      }
    }
    return Optional.empty();
  }

  private boolean isFinite(TensorType type, Placement place) {
    if (!type.dtype().isFloating()) {
      return true;
    }
    // Padding of a private layout is zero, so the raw elements can be read in any order.
    int elements = Math.toIntExact(place.bytes() / type.dtype().bytes());
    Tensor raw = Tensor.allocate(TensorType.of(type.dtype(), Math.max(1, elements)));
    backend.read(arena.slice(place.offset(), raw.type().bytes()), raw.data());
    return find(raw, value -> !Double.isFinite(value)) < 0;
  }

  /** What is wrong with the numbers that a node was given from outside the graph. */
  private Optional<String> fault(Step step) {
    List<Value> operands = step.node().inputs();
    for (int i = 0; i < operands.size(); i++) {
      Value owner = step.inputs().get(i).owner();
      DType dtype = operands.get(i).type().dtype();
      if (owner != null && inputs.containsKey(owner) && dtype.isFloating()) {
        Tensor fed = read(operands.get(i), step.inputs().get(i));
        long at = find(fed, value -> !Double.isFinite(value));
        if (at >= 0) {
          return Optional.of(
              "the data it is fed, %s, hold %s at %s"
                  .formatted(fed.type(), fed.get(at), position(fed.shape(), at)));
        }
      }
    }
    List<TensorType> types = operands.stream().map(Value::type).toList();
    return step.node().spec().indices(types).flatMap(range -> outside(step, range));
  }

  private Optional<String> outside(Step step, IndexRange range) {
    Tensor held =
        read(step.node().inputs().get(range.operand()), step.inputs().get(range.operand()));
    long at = find(held, value -> !range.allows((long) value));
    return at < 0
        ? Optional.empty()
        : Optional.of(
            "its %s %s must be %s, but element %s is %d"
                .formatted(
                    range.name(),
                    held.type(),
                    range,
                    position(held.shape(), at),
                    (long) held.get(at)));
  }

  private Tensor read(Value operand, Placement place) {
    Tensor value = Tensor.allocate(TensorType.of(operand.type().dtype(), operand.shape()));
    Value owner = place.owner();
    Buffer whole = owner == null ? arena : Objects.requireNonNull(inputs.get(owner));
    backend.read(whole.slice(place.offset(), value.type().bytes()), value.data());
    return value;
  }

  /** Returns the first element that is looked for, -1 if there is none. */
  private static long find(Tensor tensor, DoublePredicate wanted) {
    for (long i = 0; i < tensor.elements(); i++) {
      if (wanted.test(tensor.get(i))) {
        return i;
      }
    }
    return -1;
  }

  private static List<Long> position(Shape shape, long element) {
    List<Long> indices = new ArrayList<>();
    long rest = element;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      indices.add(rest % shape.dim(axis));
      rest /= shape.dim(axis);
    }
    Collections.reverse(indices);
    return indices;
  }
}
