package dev.kiln.bench.workload;

import dev.kiln.bench.driver.Job;
import dev.kiln.nn.Network;
import dev.kiln.nn.Parameter;
import dev.kiln.safetensors.SafetensorsFile;
import dev.kiln.safetensors.SafetensorsWriter;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What every framework starts from, as tensors by name: the first weights and the batch.
 *
 * @param weights the weights, by PyTorch's names
 * @param batch the fields of the batch
 */
public record Exchange(Map<String, Tensor> weights, Map<String, Tensor> batch) {

  private static final long SEED = 1;

  /** Draws weights and a batch of a workload; always the same ones. */
  public static Exchange draw(Workload workload) {
    Network network = workload.network(workload.model());
    Tensor flat = network.initialParameters(SEED);
    Map<String, Tensor> weights = new LinkedHashMap<>();
    for (Parameter parameter : network.parameters()) {
      TensorType type = TensorType.of(network.dtype(), parameter.shape());
      long start = parameter.offset() * type.dtype().bytes();
      weights.put(parameter.name(), Tensor.wrap(type, flat.data().asSlice(start, type.bytes())));
    }
    Map<String, Tensor> batch = new LinkedHashMap<>();
    List<Tensor> fields = workload.drawBatch();
    for (String name : workload.fields().keySet()) {
      batch.put(name, fields.get(batch.size()));
    }
    return new Exchange(weights, batch);
  }

  /** Returns the samples of the batch. */
  public int rows() {
    return batch.values().iterator().next().shape().dim(0);
  }

  /** Writes them into a safetensors file, named as {@link Job} says. */
  public void write(Path file) throws IOException {
    Map<String, Tensor> named = new LinkedHashMap<>();
    weights.forEach((name, tensor) -> named.put(Job.WEIGHT + name, tensor));
    batch.forEach((name, tensor) -> named.put(Job.BATCH + name, tensor));
    SafetensorsWriter.write(file, named, Map.of());
  }

  /** Reads what {@link #write} wrote. */
  public static Exchange read(Path file) throws IOException {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    Map<String, Tensor> batch = new LinkedHashMap<>();
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      opened
          .readAll()
          .forEach((name, tensor) -> {
            if (name.startsWith(Job.WEIGHT)) {
              weights.put(name.substring(Job.WEIGHT.length()), tensor);
            } else {
              batch.put(name.substring(Job.BATCH.length()), tensor);
            }
          });
    }
    return new Exchange(weights, batch);
  }
}
