package dev.kiln.cpu.onednn;

import java.lang.foreign.MemorySegment;

/**
 * The functions of oneDNN's C interface (dnnl.h, 3.11) that create and query objects. A method
 * {@code memoryDescDestroy} stands for {@code dnnl_memory_desc_destroy}; where it returns nothing
 * the C function returns a status, and {@link Dnnl} throws unless that is success.
 *
 * <p>The first parameter of a function that creates an object is the place for its handle.
 * Dimensions, strides and paddings point to arrays of {@code int64_t}.
 */
interface DnnlApi extends DnnlRnnApi {

  void engineCreate(MemorySegment engine, int kind, long index);

  void engineDestroy(MemorySegment engine);

  void streamCreate(MemorySegment stream, MemorySegment engine, int flags);

  void streamDestroy(MemorySegment stream);

  MemorySegment version();

  void memoryDescCreateWithStrides(
      MemorySegment desc, int rank, MemorySegment dims, int dataType, MemorySegment strides);

  void memoryDescCreateWithTag(
      MemorySegment desc, int rank, MemorySegment dims, int dataType, int tag);

  void memoryDescCreateWithBlob(MemorySegment desc, MemorySegment blob);

  void memoryDescGetBlob(MemorySegment blob, MemorySegment size, MemorySegment desc);

  void memoryDescDestroy(MemorySegment desc);

  long memoryDescGetSize(MemorySegment desc);

  int memoryDescEqual(MemorySegment left, MemorySegment right);

  void memoryCreate(
      MemorySegment memory, MemorySegment desc, MemorySegment engine, MemorySegment data);

  void memoryDestroy(MemorySegment memory);

  void postOpsCreate(MemorySegment postOps);

  void postOpsDestroy(MemorySegment postOps);

  void postOpsAppendEltwise(MemorySegment postOps, int algorithm, float alpha, float beta);

  void postOpsAppendBinary(MemorySegment postOps, int algorithm, MemorySegment right);

  void postOpsAppendSum(MemorySegment postOps, float scale, int zeroPoint, int dataType);

  void primitiveAttrCreate(MemorySegment attributes);

  void primitiveAttrDestroy(MemorySegment attributes);

  void primitiveAttrSetPostOps(MemorySegment attributes, MemorySegment postOps);

  void primitiveAttrSetScratchpadMode(MemorySegment attributes, int mode);

  void primitiveDescDestroy(MemorySegment primitiveDesc);

  void primitiveDescQuery(MemorySegment primitiveDesc, int what, int index, MemorySegment result);

  MemorySegment primitiveDescQueryMd(MemorySegment primitiveDesc, int what, int index);

  void primitiveCreate(MemorySegment primitive, MemorySegment primitiveDesc);

  void primitiveDestroy(MemorySegment primitive);

  void reorderPrimitiveDescCreate(
      MemorySegment primitiveDesc,
      MemorySegment source,
      MemorySegment sourceEngine,
      MemorySegment destination,
      MemorySegment destinationEngine,
      MemorySegment attributes);

  void binaryPrimitiveDescCreate(
      MemorySegment primitiveDesc,
      MemorySegment engine,
      int algorithm,
      MemorySegment left,
      MemorySegment right,
      MemorySegment destination,
      MemorySegment attributes);

  void matmulPrimitiveDescCreate(
      MemorySegment primitiveDesc,
      MemorySegment engine,
      MemorySegment source,
      MemorySegment weights,
      MemorySegment bias,
      MemorySegment destination,
      MemorySegment attributes);

  void eltwiseForwardPrimitiveDescCreate(
      MemorySegment primitiveDesc,
      MemorySegment engine,
      int propagation,
      int algorithm,
      MemorySegment source,
      MemorySegment destination,
      float alpha,
      float beta,
      MemorySegment attributes);

  void eltwiseBackwardPrimitiveDescCreate(
      MemorySegment primitiveDesc,
      MemorySegment engine,
      int algorithm,
      MemorySegment sourceGradient,
      MemorySegment destinationGradient,
      MemorySegment data,
      float alpha,
      float beta,
      MemorySegment forward,
      MemorySegment attributes);

  void softmaxForwardPrimitiveDescCreate(
      MemorySegment primitiveDesc,
      MemorySegment engine,
      int propagation,
      int algorithm,
      MemorySegment source,
      MemorySegment destination,
      int axis,
      MemorySegment attributes);

  void softmaxBackwardPrimitiveDescCreate(
      MemorySegment primitiveDesc,
      MemorySegment engine,
      int algorithm,
      MemorySegment sourceGradient,
      MemorySegment destinationGradient,
      MemorySegment destination,
      int axis,
      MemorySegment forward,
      MemorySegment attributes);

  void convolutionForwardPrimitiveDescCreate(
      MemorySegment primitiveDesc,
      MemorySegment engine,
      int propagation,
      int algorithm,
      MemorySegment source,
      MemorySegment weights,
      MemorySegment bias,
      MemorySegment destination,
      MemorySegment strides,
      MemorySegment dilations,
      MemorySegment paddingBefore,
      MemorySegment paddingAfter,
      MemorySegment attributes);

  void convolutionBackwardDataPrimitiveDescCreate(
      MemorySegment primitiveDesc,
      MemorySegment engine,
      int algorithm,
      MemorySegment sourceGradient,
      MemorySegment weights,
      MemorySegment destinationGradient,
      MemorySegment strides,
      MemorySegment dilations,
      MemorySegment paddingBefore,
      MemorySegment paddingAfter,
      MemorySegment forward,
      MemorySegment attributes);

  void convolutionBackwardWeightsPrimitiveDescCreate(
      MemorySegment primitiveDesc,
      MemorySegment engine,
      int algorithm,
      MemorySegment source,
      MemorySegment weightsGradient,
      MemorySegment biasGradient,
      MemorySegment destinationGradient,
      MemorySegment strides,
      MemorySegment dilations,
      MemorySegment paddingBefore,
      MemorySegment paddingAfter,
      MemorySegment forward,
      MemorySegment attributes);

  void poolingForwardPrimitiveDescCreate(
      MemorySegment primitiveDesc,
      MemorySegment engine,
      int propagation,
      int algorithm,
      MemorySegment source,
      MemorySegment destination,
      MemorySegment strides,
      MemorySegment kernel,
      MemorySegment dilations,
      MemorySegment paddingBefore,
      MemorySegment paddingAfter,
      MemorySegment attributes);

  void poolingBackwardPrimitiveDescCreate(
      MemorySegment primitiveDesc,
      MemorySegment engine,
      int algorithm,
      MemorySegment sourceGradient,
      MemorySegment destinationGradient,
      MemorySegment strides,
      MemorySegment kernel,
      MemorySegment dilations,
      MemorySegment paddingBefore,
      MemorySegment paddingAfter,
      MemorySegment forward,
      MemorySegment attributes);

  void batchNormalizationForwardPrimitiveDescCreate(
      MemorySegment primitiveDesc,
      MemorySegment engine,
      int propagation,
      MemorySegment source,
      MemorySegment destination,
      float epsilon,
      int flags,
      MemorySegment attributes);

  void batchNormalizationBackwardPrimitiveDescCreate(
      MemorySegment primitiveDesc,
      MemorySegment engine,
      int propagation,
      MemorySegment sourceGradient,
      MemorySegment destinationGradient,
      MemorySegment source,
      float epsilon,
      int flags,
      MemorySegment forward,
      MemorySegment attributes);

  void layerNormalizationForwardPrimitiveDescCreate(
      MemorySegment primitiveDesc,
      MemorySegment engine,
      int propagation,
      MemorySegment source,
      MemorySegment destination,
      MemorySegment statistics,
      float epsilon,
      int flags,
      MemorySegment attributes);

  void layerNormalizationBackwardPrimitiveDescCreate(
      MemorySegment primitiveDesc,
      MemorySegment engine,
      int propagation,
      MemorySegment sourceGradient,
      MemorySegment destinationGradient,
      MemorySegment source,
      MemorySegment statistics,
      float epsilon,
      int flags,
      MemorySegment forward,
      MemorySegment attributes);
}
