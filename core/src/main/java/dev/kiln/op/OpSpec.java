package dev.kiln.op;

import dev.kiln.tensor.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What an operation computes: an immutable record of its attributes with its only shape rule and
 * its gradient rule. A backend compiles it, for fixed operand types, into something that runs.
 *
 * <p>An operation from outside Kiln is a {@link CustomSpec}. The interface is sealed so that a
 * backend's {@code switch} over all operations needs no default and the compiler lists what is
 * missing when one is added.
 */
public sealed interface OpSpec
    permits Affine,
        BatchNorm,
        BatchNorm.Grad,
        BatchNormInference,
        Binary,
        Broadcast,
        Cast,
        Clamp,
        Clamp.Grad,
        Concat,
        Conv2d,
        Conv2d.InputGrad,
        Conv2d.WeightGrad,
        CorrectCount,
        CrossEntropy,
        CrossEntropy.Grad,
        CustomSpec,
        Dropout,
        Embedding,
        Embedding.Grad,
        Fill,
        LayerNorm,
        LayerNorm.Grad,
        Linear,
        LogSoftmax,
        LogSoftmax.Grad,
        MatMul,
        OneHot,
        OptimizerStep,
        Pack,
        Pool2d,
        Pool2d.Grad,
        PrivateSpec,
        Recurrent,
        Recurrent.Grad,
        Reduce,
        Reshape,
        Slice,
        Slice.Grad,
        Softmax,
        Softmax.Grad,
        Transpose,
        Unary,
        Unary.Grad,
        View,
        WhereFinite {

  /**
   * Returns the row-major types of the outputs for these inputs: the operation's only shape rule.
   * Layouts are ignored.
   *
   * @throws ShapeException if the inputs break the operation's rule; the message names the
   *     operation, the rule and the actual types
   */
  List<TensorType> infer(List<TensorType> inputs);

  /**
   * Emits the gradient of every input that needs one, given the gradients of the outputs. Uses
   * ordinary operations, and never accumulates: that is done in one place.
   *
   * @throws UnsupportedOperationException if the operation is itself a gradient and so cannot be
   *     differentiated a second time
   */
  void gradient(Adjoint adjoint);

  /**
   * Returns the input whose memory an output may take over, provided both have the same type,
   * because every element is read before it is written; or empty. Held tensors are updated in place
   * through such outputs, and the planner saves memory and traffic by them.
   */
  default OptionalInt overwrites(int output) {
    return OptionalInt.empty();
  }

  /**
   * Returns which whole numbers an operand must be of, such as labels, so that an error can name
   * the one that is not; empty if any will do.
   */
  default Optional<IndexRange> indices(List<TensorType> inputs) {
    return Optional.empty();
  }

  /** Returns the operation's name in lower case with underscores, such as {@code conv2d}. */
  default String opName() {
    return OpNames.of(this);
  }
}
