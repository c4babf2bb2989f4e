package dev.kiln.bench.roofline;

import dev.kiln.exec.Step;
import dev.kiln.graph.Graph;
import dev.kiln.op.Affine;
import dev.kiln.op.BatchNorm;
import dev.kiln.op.BatchNormInference;
import dev.kiln.op.Binary;
import dev.kiln.op.Broadcast;
import dev.kiln.op.Cast;
import dev.kiln.op.Clamp;
import dev.kiln.op.Concat;
import dev.kiln.op.Conv2d;
import dev.kiln.op.CorrectCount;
import dev.kiln.op.CrossEntropy;
import dev.kiln.op.CustomSpec;
import dev.kiln.op.Dropout;
import dev.kiln.op.Embedding;
import dev.kiln.op.Fill;
import dev.kiln.op.LayerNorm;
import dev.kiln.op.Linear;
import dev.kiln.op.LogSoftmax;
import dev.kiln.op.MatMul;
import dev.kiln.op.OneHot;
import dev.kiln.op.OpSpec;
import dev.kiln.op.OptimizerStep;
import dev.kiln.op.Pack;
import dev.kiln.op.Pool2d;
import dev.kiln.op.PrivateSpec;
import dev.kiln.op.Recurrent;
import dev.kiln.op.Reduce;
import dev.kiln.op.Reshape;
import dev.kiln.op.Slice;
import dev.kiln.op.Softmax;
import dev.kiln.op.Transpose;
import dev.kiln.op.Unary;
import dev.kiln.op.View;
import dev.kiln.op.WhereFinite;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.List;

/**
 * What a node costs at least: the arithmetic of its matrix products, and every operand moved once.
 * Other arithmetic is never what limits it.
 *
 * @param operations floating-point operations of products, a multiplication and an addition each
 * @param bytes the bytes of its operands
 */
public record Cost(double operations, double bytes) {

  /** Returns the cost of a step of a plan. */
  public static Cost of(Step step) {
    List<TensorType> inputs = Graph.types(step.node().inputs());
    List<TensorType> outputs = Graph.types(step.node().outputs());
    double bytes = 0;
    for (TensorType type : inputs) {
      bytes += type.bytes();
    }
    for (TensorType type : outputs) {
      bytes += type.bytes();
    }
    return new Cost(operations(step.node().spec(), inputs, outputs), bytes);
  }

  /** No default: whoever adds an operation is asked by the compiler whether it multiplies. */
  private static double operations(OpSpec spec, List<TensorType> inputs, List<TensorType> outputs) {
    return switch (spec) {
      case Conv2d _ -> convolution(outputs.getFirst(), inputs.get(1).shape());
      case Conv2d.InputGrad _ -> convolution(inputs.getFirst(), inputs.get(1).shape());
      case Conv2d.WeightGrad gradient -> convolution(inputs.get(1), gradient.weight());
      case MatMul product ->
          2.0
              * outputs.getFirst().elements()
              * inputs.getFirst().shape().dim(product.transposeA() ? -2 : -1);
      case Linear _ -> 2.0 * outputs.getFirst().elements() * inputs.getFirst().shape().dim(-1);
      case Recurrent stack -> recurrent(stack, inputs.getFirst().shape());
      case Recurrent.Grad gradient -> recurrentGrad(gradient, inputs, outputs);
      case PrivateSpec fused ->
          fused.altered().map(altered -> operations(altered, inputs, outputs)).orElse(0.0);
      case Affine _,
          BatchNorm _,
          BatchNorm.Grad _,
          BatchNormInference _,
          Binary _,
          Broadcast _,
          Cast _,
          Clamp _,
          Clamp.Grad _,
          Concat _,
          CorrectCount _,
          CrossEntropy _,
          CrossEntropy.Grad _,
          CustomSpec _,
          Dropout _,
          Embedding _,
          Embedding.Grad _,
          Fill _,
          LayerNorm _,
          LayerNorm.Grad _,
          LogSoftmax _,
          LogSoftmax.Grad _,
          OneHot _,
          OptimizerStep _,
          Pack _,
          Pool2d _,
          Pool2d.Grad _,
          Reduce _,
          Reshape _,
          Slice _,
          Slice.Grad _,
          Softmax _,
          Softmax.Grad _,
          Transpose _,
          Unary _,
          Unary.Grad _,
          View _,
          WhereFinite _ ->
          0;
    };
  }

  /** Every element of the result, or of its gradient, is a product with one filter. */
  private static double convolution(TensorType result, Shape weight) {
    return 2.0 * result.elements() * weight.elements() / weight.dim(0);
  }

  /** Of every product the gradients of both factors; that of the input may have been left out. */
  private static double recurrentGrad(
      Recurrent.Grad gradient, List<TensorType> inputs, List<TensorType> outputs) {
    Recurrent stack = gradient.forward();
    Shape x = inputs.getFirst().shape();
    double both = 2 * recurrent(stack, x);
    boolean isWhole = outputs.size() == gradient.infer(inputs).size();
    return isWhole
        ? both
        : both - 2.0 * x.elements() * stack.directions() * stack.cell().gates() * stack.hidden();
  }

  private static double recurrent(Recurrent stack, Shape x) {
    double perStep = 0;
    double inputs = x.dim(2);
    for (int layer = 0; layer < stack.layers(); layer++) {
      perStep +=
          2.0
              * stack.directions()
              * stack.cell().gates()
              * stack.hidden()
              * (inputs + stack.hidden());
      inputs = stack.directions() * stack.hidden();
    }
    return perStep * x.dim(0) * x.dim(1);
  }

  /** Returns the shortest time in which a machine could do it, in seconds. */
  double shortestSeconds(Roof roof) {
    return Math.max(operations / roof.operationsPerSecond(), bytes / roof.bytesPerSecond());
  }

  /** Returns whether arithmetic, and not memory, is what limits it. */
  boolean isLimitedByArithmetic(Roof roof) {
    return operations / roof.operationsPerSecond() > bytes / roof.bytesPerSecond();
  }
}
