package dev.kiln.bench.driver;

import java.nio.file.Path;

/**
 * What a driver is started for.
 *
 * @param workload the workload's name, such as {@code lenet-64}
 * @param exchange a safetensors file with the first weights, as {@code weight.NAME} after PyTorch's
 *     names, and the batch, as {@code batch.NAME}
 * @param purpose what it is trained for
 */
public record Job(String workload, Path exchange, Purpose purpose) {

  /** The names of weights in the exchange file begin with this. */
  public static final String WEIGHT = "weight.";

  /** The names of the batch's fields in the exchange file begin with this. */
  public static final String BATCH = "batch.";
}
