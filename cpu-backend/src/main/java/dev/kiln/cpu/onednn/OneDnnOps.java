package dev.kiln.cpu.onednn;

import dev.kiln.backend.Op;
import dev.kiln.backend.UnsupportedSpecException;
import dev.kiln.cpu.onednn.OneDnnRecurrentGrad.InputGradient;
import dev.kiln.cpu.reference.ReferenceBackend;
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
import dev.kiln.op.Reorder;
import dev.kiln.op.Reshape;
import dev.kiln.op.Slice;
import dev.kiln.op.Softmax;
import dev.kiln.op.Transpose;
import dev.kiln.op.Unary;
import dev.kiln.op.View;
import dev.kiln.op.WhereFinite;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Layout;
import dev.kiln.tensor.TensorType;
import java.util.List;
import java.util.stream.Stream;

/** What computes each operation: oneDNN, a parallel loop, or the reference backend. */
final class OneDnnOps {

  private final ReferenceBackend reference;

  /**
   * Prepares to compile.
   *
   * @param reference what is left to it
   */
  OneDnnOps(ReferenceBackend reference) {
    this.reference = reference;
  }

  /**
   * Compiles an operation, with those fused into it.
   *
   * @param context whose scope the operation owns
   */
  Op compile(OpContext context, OpSpec spec, List<TensorType> inputs, List<TensorType> outputs) {
    return spec instanceof Fused fused
        ? compile(context, fused.lead(), fused.after(), fused.ofLead(inputs), outputs)
        : compile(context, spec, List.of(), inputs, outputs);
  }

  /**
   * Compiles an operation whose result passes through others.
   *
   * @param after these others; none unless {@link Fused} says that it can lead them
   * @param inputs its own operands, without theirs
   */
  private Op compile(
      OpContext context,
      OpSpec spec,
      List<OpSpec> after,
      List<TensorType> inputs,
      List<TensorType> outputs) {
    if (!isSinglePrecision(inputs) || !isSinglePrecision(outputs)) {
      return delegate(context, spec, inputs, outputs);
    }
    TensorType y = outputs.getFirst();
    return switch (spec) {
      case Affine affine -> eltwise(context, affine, after, y);
      case BatchNorm norm -> OneDnnBatchNorm.forward(context, norm, y);
      case BatchNorm.Grad grad -> OneDnnBatchNorm.grad(context, grad, y);
      case BatchNormInference norm -> OneDnnBatchNorm.inference(context, norm, y);
      case Binary operation -> binary(context, operation, after, inputs, outputs);
      case Broadcast _ -> ParallelBroadcast.compile(context, inputs.getFirst(), y);
      case Clamp clamp -> eltwise(context, clamp, after, y);
      case Clamp.Grad grad ->
          new ParallelElementwise(context, ElementFormula.clampGrad(grad.clamp()), y.elements());
      case Concat concat -> ParallelCopy.concat(context, concat, inputs, y);
      case Conv2d conv -> OneDnnConv2d.forward(context, conv, inputs, y, after);
      case Conv2d.InputGrad grad -> OneDnnConv2d.inputGrad(context, grad, inputs, y);
      case Conv2d.WeightGrad grad -> OneDnnConv2d.weightGrad(context, grad, inputs, outputs);
      case CorrectCount count -> new ParallelCorrectCount(context, count, inputs);
      case CrossEntropy crossEntropy -> new OneDnnCrossEntropy(context, crossEntropy, inputs);
      case CrossEntropy.Grad grad -> new ParallelCrossEntropyGrad(context, grad, inputs);
      case Dropout dropout -> new ParallelDropout(context, dropout, y);
      case Embedding _ -> ParallelLookup.embedding(context, inputs);
      case Embedding.Grad _ -> ParallelLookup.embeddingGrad(context, inputs.getFirst(), y);
      case Fill fill -> fill(context, fill, inputs, outputs);
      case LayerNorm norm -> OneDnnLayerNorm.forward(context, norm, y);
      case LayerNorm.Grad grad -> OneDnnLayerNorm.grad(context, grad, y);
      case Linear _ -> OneDnnMatMul.linear(context, inputs, y, after);
      case LogSoftmax softmax ->
          OneDnnSoftmax.forward(context, OneDnnSoftmax.LOGARITHMS, softmax.axis(), y);
      case LogSoftmax.Grad grad ->
          OneDnnSoftmax.backward(context, OneDnnSoftmax.LOGARITHMS, grad.axis(), y);
      case MatMul matmul -> OneDnnMatMul.product(context, matmul, inputs, y);
      case NormRelu norm ->
          OneDnnBatchNorm.forward(context, norm, y, outputs.get(NormRelu.POSITIVE));
      case NormRelu.Grad grad ->
          OneDnnBatchNorm.grad(context, grad, y, inputs.get(NormRelu.POSITIVE));
      case OneHot oneHot -> ParallelLookup.oneHot(context, oneHot, inputs.getFirst());
      case OptimizerStep step -> new ParallelOptimizerStep(context, step, y);
      case Pool2d pool when isPrivate(pool, outputs) ->
          OneDnnPool2d.forward(context, pool, inputs.getFirst(), outputs);
      case Pool2d.Grad grad when isPrivate(grad.pool(), inputs) ->
          OneDnnPool2d.grad(context, grad, inputs, y);
      case Recurrent recurrent -> recurrent(context, recurrent, inputs, outputs);
      case Recurrent.Grad grad -> recurrentGrad(context, grad, InputGradient.WANTED, inputs);
      case RecurrentParameterGrad grad ->
          recurrentGrad(context, grad.whole(), InputGradient.UNUSED, inputs);
      case Reduce reduce -> OneDnnReduce.compile(context, reduce, inputs.getFirst());
      case Reorder _ -> OneDnnReorder.between(context, inputs.getFirst(), y);
      case Slice slice -> ParallelCopy.slice(context, slice, inputs.getFirst(), y);
      case Slice.Grad grad -> ParallelCopy.sliceGrad(context, grad.slice(), inputs.getFirst(), y);
      case Softmax softmax ->
          OneDnnSoftmax.forward(context, OneDnnSoftmax.PROBABILITIES, softmax.axis(), y);
      case Softmax.Grad grad ->
          OneDnnSoftmax.backward(context, OneDnnSoftmax.PROBABILITIES, grad.axis(), y);
      case Transpose transpose -> OneDnnReorder.transpose(context, transpose, inputs.getFirst(), y);
      case Unary function -> unary(context, function, after, y);
      case Unary.Grad grad -> unaryGrad(context, grad, y);
      case Cast _,
          CustomSpec _,
          Pack _,
          Pool2d _,
          Pool2d.Grad _,
          Reshape _,
          View _,
          WhereFinite _ ->
          delegate(context, spec, inputs, outputs);
      case PrivateSpec _ ->
          throw new UnsupportedSpecException(
              OneDnnBackend.NAME, spec, inputs, "it is private to the backend that introduced it");
    };
  }

  private Op binary(
      OpContext context,
      Binary operation,
      List<OpSpec> after,
      List<TensorType> inputs,
      List<TensorType> outputs) {
    TensorType y = outputs.getFirst();
    if (OneDnnBinary.algorithm(operation).isPresent()) {
      return OneDnnBinary.compile(context, operation, inputs, y, after);
    }
    return inputs.get(0).shape().equals(inputs.get(1).shape())
        ? new ParallelElementwise(context, ElementFormula.dominance(), y.elements())
        : delegate(context, operation, plain(inputs), plain(outputs));
  }

  private static Op unary(OpContext context, Unary function, List<OpSpec> after, TensorType y) {
    return Eltwise.of(function).isEmpty()
        ? new ParallelElementwise(context, ElementFormula.forward(function), y.elements())
        : eltwise(context, function, after, y);
  }

  private static Op eltwise(OpContext context, OpSpec spec, List<OpSpec> after, TensorType x) {
    return after.isEmpty()
        ? OneDnnEltwise.forward(context, Eltwise.of(spec), x)
        : OneDnnBinary.chain(context, Stream.concat(Stream.of(spec), after.stream()).toList(), x);
  }

  private Op unaryGrad(OpContext context, Unary.Grad grad, TensorType y) {
    List<Eltwise> functions = Eltwise.backward(grad.function());
    return functions.isEmpty()
        ? new ParallelElementwise(context, ElementFormula.backward(grad.function()), y.elements())
        : OneDnnEltwise.backward(context, grad.function(), functions.getFirst(), y);
  }

  private static Op recurrent(
      OpContext context, Recurrent spec, List<TensorType> inputs, List<TensorType> outputs) {
    Layout reserve = outputs.getLast().layout();
    if (reserve.equals(RnnReserve.UNREAD)) {
      return new OneDnnRnnInference(context, spec, inputs.getFirst());
    }
    return reserve instanceof RnnReserve kept
        ? new OneDnnRnn(context, kept)
        : new OneDnnRecurrent(context, spec, inputs.getFirst());
  }

  private static Op recurrentGrad(
      OpContext context, Recurrent.Grad spec, InputGradient wanted, List<TensorType> inputs) {
    return inputs.get(spec.reserveIndex()).layout() instanceof RnnReserve reserve
        ? new OneDnnRnnGrad(context, spec, reserve, wanted)
        : new OneDnnRecurrentGrad(context, spec, inputs.getFirst(), wanted);
  }

  private Op fill(OpContext context, Fill fill, List<TensorType> inputs, List<TensorType> outputs) {
    TensorType y = outputs.getFirst();
    return y.dtype() == DType.F32
        ? new ParallelElementwise(context, ElementFormula.fill((float) fill.value()), y.elements())
        : delegate(context, fill, inputs, outputs);
  }

  /** Leaves an operation to the reference backend, which works on the same memory. */
  private Op delegate(
      OpContext context, OpSpec spec, List<TensorType> inputs, List<TensorType> outputs) {
    context.scope().close();
    return reference.compile(spec, inputs, outputs);
  }

  /** Elementwise work does not depend on where an element lies, as long as all operands agree. */
  private static List<TensorType> plain(List<TensorType> types) {
    return types.stream().map(type -> type.withLayout(Layout.ROW_MAJOR)).toList();
  }

  /** Whether floating-point operands are all of the type that oneDNN's primitives compute with. */
  private static boolean isSinglePrecision(List<TensorType> types) {
    return types.stream()
        .allMatch(type -> MemoryDesc.supports(type.dtype()) || !type.dtype().isFloating());
  }

  /** Whether a pooling keeps oneDNN's workspace, or nothing, instead of true indices. */
  private static boolean isPrivate(Pool2d pool, List<TensorType> types) {
    return pool.kind() != Pool2d.Kind.MAX || !types.get(1).isRowMajor();
  }
}
