package dev.kiln.cuda;

import dev.kiln.backend.Op;
import dev.kiln.backend.UnsupportedSpecException;
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
import dev.kiln.tensor.TensorType;
import java.util.stream.Stream;

/** What computes each operation on the GPU. */
final class CudaOps {

  private CudaOps() {}

  /**
   * Compiles an operation.
   *
   * @throws UnsupportedSpecException if there is no implementation for these types
   */
  static Op compile(OpContext context, OpSpec spec) {
    checkTypes(context, spec);
    return switch (spec) {
      case Affine affine ->
          CudaElementwise.of(context, "elementwise", "affine", affine.scale(), affine.shift());
      case BatchNorm norm -> CudnnBatchNorm.training(context, norm);
      case BatchNorm.Grad grad -> CudnnBatchNorm.grad(context, grad);
      case BatchNormInference norm -> CudnnBatchNorm.inference(context, norm);
      case Binary operation -> new CudaBinary(context, operation);
      case Broadcast _ ->
          new CudaGather(context, Movement.repeated(context.input(0), context.output()));
      case Cast _ -> new CudaCast(context);
      case Clamp clamp ->
          CudaElementwise.of(context, "elementwise", "clamp", clamp.low(), clamp.high());
      case Clamp.Grad grad ->
          CudaElementwise.of(
              context, "elementwise", "clamp_grad", grad.clamp().low(), grad.clamp().high());
      case Concat concat -> new CudaConcat(context, concat);
      case Conv2d conv -> CudnnConv2d.forward(context, conv);
      case Conv2d.InputGrad grad -> CudnnConv2d.inputGrad(context, grad);
      case Conv2d.WeightGrad grad -> CudnnConv2d.weightGrad(context, grad);
      case CorrectCount count -> new CudaCorrectCount(context, count);
      case CrossEntropy crossEntropy -> new CudaCrossEntropy(context, crossEntropy);
      case CrossEntropy.Grad grad -> new CudaCrossEntropy.Grad(context, grad);
      case Dropout dropout -> new CudaDropout(context, dropout);
      case Embedding _ -> CudaLookup.embedding(context);
      case Embedding.Grad _ -> new CudaEmbeddingGrad(context);
      case Fill fill -> CudaElementwise.of(context, "elementwise", "fill", fill.value());
      case LayerNorm norm -> new CudaLayerNorm(context, norm);
      case LayerNorm.Grad grad -> new CudaLayerNorm.Grad(context, grad.norm());
      case Linear _ -> CublasLinear.of(context);
      case LogSoftmax softmax -> CudnnSoftmax.logSoftmax(context, softmax.axis());
      case LogSoftmax.Grad grad -> CudnnSoftmax.logSoftmaxGrad(context, grad.axis());
      case MatMul product -> CublasMatMul.of(context, product);
      case OneHot oneHot -> CudaLookup.oneHot(context, oneHot);
      case OptimizerStep step -> new CudaOptimizerStep(context, step);
      case Pack pack -> new CudaPack(context, pack);
      case Pool2d pool when pool.kind() == Pool2d.Kind.MAX -> CudaMaxPool2d.forward(context, pool);
      case Pool2d pool -> CudnnAveragePool2d.forward(context, pool);
      case Pool2d.Grad grad when grad.pool().kind() == Pool2d.Kind.MAX ->
          CudaMaxPool2d.grad(context, grad.pool());
      case Pool2d.Grad grad -> CudnnAveragePool2d.grad(context, grad.pool());
      case Recurrent recurrent when RecurrentReserves.isOne(context.outputs().getLast()) ->
          CudnnRecurrent.forward(context, recurrent);
      case Recurrent recurrent -> new CudaRecurrent(context, recurrent);
      case Recurrent.Grad grad when RecurrentReserves.isOne(context.input(grad.reserveIndex())) ->
          CudnnRecurrent.grad(context, grad);
      case Recurrent.Grad grad -> new CudaRecurrentGrad(context, grad);
      case Reduce reduce -> new CudaReduce(context, reduce);
      case ReservedBatchNorm norm -> CudnnReservedBatchNorm.training(context, norm.norm());
      case ReservedBatchNorm.Grad grad -> CudnnReservedBatchNorm.grad(context, grad.norm());
      case Reorder _ ->
          new CudaGather(context, Movement.reordered(context.input(0), context.output()));
      case Reshape _ -> new CudaCopy(context, 0);
      case Slice slice ->
          new CudaGather(
              context,
              Movement.range(context.output(), context.input(0), slice.axis(), slice.start()));
      case Slice.Grad grad -> new CudaSliceGrad(context, grad.slice());
      case Softmax softmax -> CudnnSoftmax.softmax(context, softmax.axis());
      case Softmax.Grad grad -> CudnnSoftmax.softmaxGrad(context, grad.axis());
      case Transpose transpose ->
          new CudaGather(
              context, Movement.transposed(transpose, context.input(0), context.output()));
      case Unary function when function == Unary.IDENTITY -> new CudaCopy(context, 0);
      case Unary function -> CudaElementwise.of(context, "unary", "unary_" + function);
      case Unary.Grad grad ->
          CudaElementwise.of(context, "unary", "unary_%s_grad".formatted(grad.function()));
      case View view -> new CudaCopy(context, view.offset() * context.input(0).dtype().bytes());
      case WhereFinite _ -> CudaElementwise.of(context, "elementwise", "where_finite");
      case CustomSpec _ ->
          throw unsupported(
              context, spec, "its kernel runs on the host; use the backend onednn or reference");
      case PrivateSpec _ ->
          throw unsupported(context, spec, "it is private to the backend that introduced it");
    };
  }

  private static UnsupportedSpecException unsupported(
      OpContext context, OpSpec spec, String reason) {
    return new UnsupportedSpecException(CudaBackend.NAME, spec, context.inputs(), reason);
  }

  private static void checkTypes(OpContext context, OpSpec spec) {
    Stream.concat(context.inputs().stream(), context.outputs().stream())
        .forEach(type -> {
          if (!isSupported(spec, type)) {
            throw unsupported(
                context,
                spec,
                spec instanceof OptimizerStep
                    ? "parameters are updated in F32 or F64, not in " + type.dtype()
                    : "it computes with numbers, not with " + type.dtype());
          }
        });
  }

  private static boolean isSupported(OpSpec spec, TensorType type) {
    return switch (type.dtype()) {
      case F32, F64, I32, I64, U8 -> true;
      case F16, BF16 -> !(spec instanceof OptimizerStep);
      case OPAQUE ->
          spec instanceof Recurrent
              || spec instanceof Recurrent.Grad
              || spec instanceof ReservedBatchNorm
              || spec instanceof ReservedBatchNorm.Grad;
    };
  }
}
