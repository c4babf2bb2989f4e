package dev.kiln.backend;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.kiln.tensor.DType;
import java.util.Locale;

/**
 * How exactly a network is computed. Parameters, their gradients, the optimizer and losses are
 * {@link DType#F32} in every case; what differs is in what the products (convolutions, matrix
 * products, recurrent layers) take their operands.
 */
public enum Precision {
  /** Everything is {@link DType#F32} and computed as such. */
  @JsonProperty("float32")
  FLOAT32(DType.F32),
  /**
   * Everything is {@link DType#F32} in memory; the tensor cores of NVIDIA GPUs from compute
   * capability 8.0 on round the operands of products to 10 bits of fraction.
   */
  @JsonProperty("tf32")
  TF32(DType.F32),
  /** Products take {@link DType#BF16}, which has the range of F32 and 8 significant bits. */
  @JsonProperty("bf16")
  BF16(DType.BF16),
  /**
   * Products take {@link DType#F16}, which has 11 significant bits and little range, so that
   * gradients have to be scaled.
   */
  @JsonProperty("fp16")
  FP16(DType.F16);

  private final DType operands;

  Precision(DType operands) {
    this.operands = operands;
  }

  /** Returns the element type of the operands of products. */
  public DType operands() {
    return operands;
  }

  /** Returns whether some operations take other element types than the parameters have. */
  public boolean isMixed() {
    return operands != DType.F32;
  }

  /** Returns the name as users write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
