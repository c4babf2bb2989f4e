package dev.kiln.cpu.reference;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Memory;
import dev.kiln.backend.Op;
import dev.kiln.backend.Precision;
import dev.kiln.backend.UnsupportedSpecException;
import dev.kiln.cpu.memory.HostBuffer;
import dev.kiln.cpu.memory.HostMemory;
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
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream;

/**
 * The reference backend: every operation in plain Java on one thread, in any floating-point type.
 * What an operation computes is rounded once, when it is stored. Compiled operations work on any
 * {@link HostBuffer}, so other backends on the host may use them.
 */
public final class ReferenceBackend implements Backend {

  static final String NAME = "reference";

  private final Precision precision;

  /** Opens the backend for float32; it holds nothing itself. */
  public ReferenceBackend() {
    this(Precision.FLOAT32);
  }

  /** Opens the backend; it holds nothing itself. */
  ReferenceBackend(Precision precision) {
    this.precision = precision;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String description() {
    return "%s, Java %s, 1 thread".formatted(Processor.name(), Runtime.version());
  }

  @Override
  public Precision precision() {
    return precision;
  }

  @Override
  public Op compile(OpSpec spec, List<TensorType> inputs, List<TensorType> outputs) {
    checkTypes(spec, inputs, outputs);
    OperandTypes types = new OperandTypes(inputs, outputs);
    return switch (spec) {
      case Affine affine -> new ReferenceAffine(affine, types);
      case BatchNorm norm -> new ReferenceBatchNorm(norm, types);
      case BatchNorm.Grad grad -> new ReferenceBatchNorm.Grad(grad, types);
      case BatchNormInference norm -> new ReferenceBatchNormInference(norm, types);
      case Binary function -> new ReferenceBinary(function, types);
      case Broadcast _ -> new ReferenceBroadcast(types);
      case Cast _ -> new ReferenceCast(types);
      case Clamp clamp -> new ReferenceClamp(clamp, types);
      case Clamp.Grad grad -> new ReferenceClamp.Grad(grad.clamp(), types);
      case Concat concat -> new ReferenceConcat(concat, types);
      case Conv2d conv -> new ReferenceConv2d(conv, types);
      case Conv2d.InputGrad grad -> new ReferenceConv2d.InputGrad(grad, types);
      case Conv2d.WeightGrad grad -> new ReferenceConv2d.WeightGrad(grad, types);
      case CorrectCount count -> new ReferenceCorrectCount(count, types);
      case CrossEntropy crossEntropy -> new ReferenceCrossEntropy(crossEntropy, types);
      case CrossEntropy.Grad grad -> new ReferenceCrossEntropy.Grad(grad, types);
      case CustomSpec custom -> new ReferenceCustom(custom, types);
      case Dropout dropout -> new ReferenceDropout(dropout, types);
      case Embedding _ -> new ReferenceEmbedding(types);
      case Embedding.Grad grad -> new ReferenceEmbedding.Grad(grad, types);
      case Fill fill -> new ReferenceFill(fill, types);
      case LayerNorm norm -> new ReferenceLayerNorm(norm, types);
      case LayerNorm.Grad grad -> new ReferenceLayerNorm.Grad(grad, types);
      case Linear _ -> new ReferenceLinear(types);
      case LogSoftmax logSoftmax -> new ReferenceLogSoftmax(logSoftmax, types);
      case LogSoftmax.Grad grad -> new ReferenceLogSoftmax.Grad(grad, types);
      case MatMul matMul -> new ReferenceMatMul(matMul, types);
      case OneHot oneHot -> new ReferenceOneHot(oneHot, types);
      case OptimizerStep step -> new ReferenceOptimizerStep(step, types);
      case Pack pack -> new ReferencePack(pack, types);
      case Pool2d pool -> new ReferencePool2d(pool, types);
      case Pool2d.Grad grad -> new ReferencePool2d.Grad(grad, types);
      case Recurrent recurrent -> new ReferenceRecurrent(recurrent, types);
      case Recurrent.Grad grad -> new ReferenceRecurrent.Grad(grad, types);
      case Reduce reduce -> new ReferenceReduce(reduce, types);
      case Reshape _ -> new ReferenceCopy(0, types);
      case Slice slice -> new ReferenceSlice(slice, types);
      case Slice.Grad grad -> new ReferenceSlice.Grad(grad, types);
      case Softmax softmax -> new ReferenceSoftmax(softmax, types);
      case Softmax.Grad grad -> new ReferenceSoftmax.Grad(grad, types);
      case Transpose transpose -> new ReferenceTranspose(transpose, types);
      case Unary function when function == Unary.IDENTITY -> new ReferenceCopy(0, types);
      case Unary function -> new ReferenceUnary(function, types);
      case Unary.Grad grad -> new ReferenceUnary.Grad(grad.function(), types);
      case View view -> new ReferenceCopy(view.offset(), types);
      case WhereFinite _ -> new ReferenceWhereFinite(types);
      case PrivateSpec _ ->
          throw new UnsupportedSpecException(
              NAME, spec, inputs, "it is private to the backend that introduced it");
    };
  }

  private static void checkTypes(OpSpec spec, List<TensorType> inputs, List<TensorType> outputs) {
    Stream.concat(inputs.stream(), outputs.stream())
        .forEach(type -> {
          if (!type.isRowMajor()) {
            throw new UnsupportedSpecException(
                NAME, spec, inputs, "it knows no layout but row-major, not " + type);
          }
          if (!isSupported(spec, type)) {
            throw new UnsupportedSpecException(
                NAME, spec, inputs, "it computes with numbers, not with " + type.dtype());
          }
        });
  }

  private static boolean isSupported(OpSpec spec, TensorType type) {
    return switch (type.dtype()) {
      case F32, F64, F16, BF16, I32, I64, U8 -> true;
      case OPAQUE -> spec instanceof Recurrent || spec instanceof Recurrent.Grad;
    };
  }

  @Override
  public Memory allocate(long bytes) {
    return HostMemory.allocate(bytes);
  }

  @Override
  public long availableBytes() {
    return HostMemory.availableBytes();
  }

  @Override
  public void write(Buffer destination, MemorySegment source) {
    HostBuffer.of(destination).write(source);
  }

  @Override
  public void read(Buffer source, MemorySegment destination) {
    HostBuffer.of(source).read(destination);
  }

  @Override
  public void close() {}
}
