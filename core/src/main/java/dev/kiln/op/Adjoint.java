package dev.kiln.op;

import java.util.List;
import java.util.function.Supplier;

/**
 * What a gradient rule sees of the node it differentiates, and where it leaves the gradients. A
 * gradient is asked for only when something needs it: the first layer of a network never computes
 * the gradient of its images.
 */
public interface Adjoint {

  /** Returns an input of the node. */
  Value input(int index);

  /** Returns the number of inputs of the node: optional ones, such as a bias, may be absent. */
  int inputs();

  /** Returns an output of the node. */
  Value output(int index);

  /** Returns the gradient of the loss with respect to an output; zeros when nothing used it. */
  Value upstream(int output);

  /** Returns the gradient of the loss with respect to the first output. */
  default Value upstream() {
    return upstream(0);
  }

  /** Returns whether anything needs the gradient of this input. */
  boolean needs(int input);

  /** Adds an operation to the graph and returns its outputs. */
  List<Value> emit(OpSpec spec, Value... inputs);

  /** Adds an operation to the graph and returns its first output. */
  default Value apply(OpSpec spec, Value... inputs) {
    return emit(spec, inputs).getFirst();
  }

  /**
   * Gives the gradient of an input, if it is needed; otherwise the supplier is not called.
   *
   * @param input the input's position
   * @param gradient emits the gradient, of the input's type
   */
  void give(int input, Supplier<Value> gradient);

  /**
   * Gives the gradients of several inputs that one operation computes together, if any of them is
   * needed.
   *
   * @param inputs the inputs' positions
   * @param gradients emits the gradients, in the same order
   */
  default void give(List<Integer> inputs, Supplier<List<Value>> gradients) {
    if (inputs.stream().anyMatch(this::needs)) {
      List<Value> values = gradients.get();
      for (int i = 0; i < inputs.size(); i++) {
        Value value = values.get(i);
        give(inputs.get(i), () -> value);
      }
    }
  }
}
