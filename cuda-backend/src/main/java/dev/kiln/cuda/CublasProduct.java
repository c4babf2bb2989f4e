package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Precision;
import dev.kiln.op.MatMul;
import dev.kiln.tensor.DType;
import java.lang.foreign.ValueLayout;
import jcuda.Pointer;
import jcuda.cudaDataType;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasOperation;

/**
 * Row-major products {@code y [M,N] = a [M,K] b [K,N]}, equally spaced in memory, through cuBLAS.
 * Its matrices are column-major, which turns every one of ours into its transpose; so it is asked
 * for {@code y' [N,M] = b' [N,K] a' [K,M]}.
 */
final class CublasProduct {

  private final OpContext context;
  private final MatMul spec;
  private final int batch;
  private final int rows;
  private final int columns;
  private final int inner;

  /**
   * Settles a product.
   *
   * @param spec which operands are stored transposed
   * @param batch how many products there are
   * @param rows M
   * @param columns N
   * @param inner K
   */
  CublasProduct(OpContext context, MatMul spec, int batch, int rows, int columns, int inner) {
    this.context = context;
    this.spec = spec;
    this.batch = batch;
    this.rows = rows;
    this.columns = columns;
    this.inner = inner;
  }

  /** Binds the product to its operands. */
  Kernel bind(Buffer a, Buffer b, Buffer y) {
    return bind(a, b, scalar(0), y);
  }

  /** Binds the product to its operands so that it is added to what the result holds. */
  Kernel bindAdding(Buffer a, Buffer b, Buffer y) {
    return bind(a, b, scalar(1), y);
  }

  private Kernel bind(Buffer a, Buffer b, Pointer before, Buffer y) {
    cublasHandle handle = context.engine().cublas().handle();
    Pointer left = DeviceBuffer.of(a).pointer();
    Pointer right = DeviceBuffer.of(b).pointer();
    Pointer result = DeviceBuffer.of(y).pointer();
    Pointer one = scalar(1);
    int type = dataType();
    int computeType = computeType();
    return () ->
        Cublas.check(
            "cublasGemmStridedBatchedEx",
            JCublas2.cublasGemmStridedBatchedEx_new(
                handle,
                operation(spec.transposeB()),
                operation(spec.transposeA()),
                columns,
                rows,
                inner,
                one,
                right,
                type,
                spec.transposeB() ? inner : columns,
                (long) inner * columns,
                left,
                type,
                spec.transposeA() ? rows : inner,
                (long) rows * inner,
                before,
                result,
                type,
                columns,
                (long) rows * columns,
                batch,
                computeType,
                cublasGemmAlgo.CUBLAS_GEMM_DEFAULT));
  }

  private static int operation(boolean transposed) {
    return transposed ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
  }

  private boolean isDouble() {
    return context.output().dtype() == DType.F64;
  }

  private int dataType() {
    DType dtype = context.output().dtype();
    return switch (dtype) {
      case F32 -> cudaDataType.CUDA_R_32F;
      case F64 -> cudaDataType.CUDA_R_64F;
      case F16 -> cudaDataType.CUDA_R_16F;
      case BF16 -> cudaDataType.CUDA_R_16BF;
      case I32, I64, U8, OPAQUE ->
          throw new IllegalArgumentException("no product computes with " + dtype);
    };
  }

  /** Sums are F32 for low types too. */
  private int computeType() {
    if (isDouble()) {
      return cublasComputeType.CUBLAS_COMPUTE_64F;
    }
    boolean rounded =
        context.output().dtype() == DType.F32
            && context.engine().options().precision() == Precision.TF32;
    return rounded
        ? cublasComputeType.CUBLAS_COMPUTE_32F_FAST_TF32
        : cublasComputeType.CUBLAS_COMPUTE_32F;
  }

  private Pointer scalar(double value) {
    return HostPointer.to(
        isDouble()
            ? context.scope().arena().allocateFrom(ValueLayout.JAVA_DOUBLE, value)
            : context.scope().arena().allocateFrom(ValueLayout.JAVA_FLOAT, (float) value));
  }
}
