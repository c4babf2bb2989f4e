package dev.kiln.cpu.onednn;

import java.lang.foreign.MemorySegment;

/**
 * The functions of oneDNN's C interface that create recurrent primitives; see {@link DnnlApi}. An
 * operand that a network does without is the null segment.
 */
interface DnnlRnnApi {

  void vanillaRnnForwardPrimitiveDescCreate(
      MemorySegment primitiveDesc,
      MemorySegment engine,
      int propagation,
      int activation,
      int direction,
      MemorySegment source,
      MemorySegment state,
      MemorySegment inputWeights,
      MemorySegment recurrentWeights,
      MemorySegment bias,
      MemorySegment destination,
      MemorySegment lastState,
      int flags,
      float alpha,
      float beta,
      MemorySegment attributes);

  void vanillaRnnBackwardPrimitiveDescCreate(
      MemorySegment primitiveDesc,
      MemorySegment engine,
      int propagation,
      int activation,
      int direction,
      MemorySegment source,
      MemorySegment state,
      MemorySegment inputWeights,
      MemorySegment recurrentWeights,
      MemorySegment bias,
      MemorySegment destination,
      MemorySegment lastState,
      MemorySegment sourceGradient,
      MemorySegment stateGradient,
      MemorySegment inputWeightsGradient,
      MemorySegment recurrentWeightsGradient,
      MemorySegment biasGradient,
      MemorySegment destinationGradient,
      MemorySegment lastStateGradient,
      int flags,
      float alpha,
      float beta,
      MemorySegment forward,
      MemorySegment attributes);

  void lstmForwardPrimitiveDescCreate(
      MemorySegment primitiveDesc,
      MemorySegment engine,
      int propagation,
      int direction,
      MemorySegment source,
      MemorySegment state,
      MemorySegment memory,
      MemorySegment inputWeights,
      MemorySegment recurrentWeights,
      MemorySegment peepholeWeights,
      MemorySegment projectionWeights,
      MemorySegment bias,
      MemorySegment destination,
      MemorySegment lastState,
      MemorySegment lastMemory,
      int flags,
      MemorySegment attributes);

  void lstmBackwardPrimitiveDescCreate(
      MemorySegment primitiveDesc,
      MemorySegment engine,
      int propagation,
      int direction,
      MemorySegment source,
      MemorySegment state,
      MemorySegment memory,
      MemorySegment inputWeights,
      MemorySegment recurrentWeights,
      MemorySegment peepholeWeights,
      MemorySegment projectionWeights,
      MemorySegment bias,
      MemorySegment destination,
      MemorySegment lastState,
      MemorySegment lastMemory,
      MemorySegment sourceGradient,
      MemorySegment stateGradient,
      MemorySegment memoryGradient,
      MemorySegment inputWeightsGradient,
      MemorySegment recurrentWeightsGradient,
      MemorySegment peepholeWeightsGradient,
      MemorySegment projectionWeightsGradient,
      MemorySegment biasGradient,
      MemorySegment destinationGradient,
      MemorySegment lastStateGradient,
      MemorySegment lastMemoryGradient,
      int flags,
      MemorySegment forward,
      MemorySegment attributes);

  void lbrGruForwardPrimitiveDescCreate(
      MemorySegment primitiveDesc,
      MemorySegment engine,
      int propagation,
      int direction,
      MemorySegment source,
      MemorySegment state,
      MemorySegment inputWeights,
      MemorySegment recurrentWeights,
      MemorySegment bias,
      MemorySegment destination,
      MemorySegment lastState,
      int flags,
      MemorySegment attributes);

  void lbrGruBackwardPrimitiveDescCreate(
      MemorySegment primitiveDesc,
      MemorySegment engine,
      int propagation,
      int direction,
      MemorySegment source,
      MemorySegment state,
      MemorySegment inputWeights,
      MemorySegment recurrentWeights,
      MemorySegment bias,
      MemorySegment destination,
      MemorySegment lastState,
      MemorySegment sourceGradient,
      MemorySegment stateGradient,
      MemorySegment inputWeightsGradient,
      MemorySegment recurrentWeightsGradient,
      MemorySegment biasGradient,
      MemorySegment destinationGradient,
      MemorySegment lastStateGradient,
      int flags,
      MemorySegment forward,
      MemorySegment attributes);
}
