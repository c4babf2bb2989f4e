package dev.kiln.cpu.golden;

import dev.kiln.safetensors.SafetensorsWriter;
import dev.kiln.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Writes golden cases, right and wrong ones. */
final class CaseWriter {

  private final Map<String, String> metadata =
      new HashMap<>(Map.of("rtol", "1e-4", "atol", "1e-5", "attrs", "{}"));
  private final Map<String, Tensor> tensors = new HashMap<>();

  /** Begins a case of an operation. */
  static CaseWriter of(String op) {
    return new CaseWriter().with("op", op);
  }

  CaseWriter with(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  CaseWriter without(String key) {
    metadata.remove(key);
    tensors.remove(key);
    return this;
  }

  CaseWriter tensor(String name, Tensor value) {
    tensors.put(name, value);
    return this;
  }

  void write(Path folder, String name) throws IOException {
    SafetensorsWriter.write(folder.resolve(name + ".safetensors"), tensors, metadata);
  }
}
