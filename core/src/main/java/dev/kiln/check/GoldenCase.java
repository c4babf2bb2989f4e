package dev.kiln.check;

import dev.kiln.safetensors.SafetensorsFile;
import dev.kiln.tensor.Tensor;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One golden case: inputs, and the results and gradients that other software computed from them.
 *
 * @param name the file's name without its ending, such as {@code conv2d.3}
 * @param op the operation
 * @param attributes the operation's attributes
 * @param tolerance how far results may be off
 * @param inputs the inputs and parameters, by PyTorch's names
 * @param upstream the upstream gradients, by the names of the results they belong to
 * @param expected the expected tensors: {@code out.NAME} and {@code grad.NAME}
 */
record GoldenCase(
    String name,
    String op,
    Attributes attributes,
    Tolerance tolerance,
    Map<String, Tensor> inputs,
    Map<String, Tensor> upstream,
    Map<String, Tensor> expected) {

  static final String OUTPUT = "out.";
  static final String GRADIENT = "grad.";
  private static final String INPUT = "in.";
  private static final String UPSTREAM = "up.";

  /**
   * Reads a case.
   *
   * @throws IOException if something is missing, or there is nothing to compare with
   * @throws IllegalArgumentException if the tolerance is no tolerance
   */
  static GoldenCase read(String name, SafetensorsFile file) throws IOException {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    Map<String, Tensor> upstream = new LinkedHashMap<>();
    Map<String, Tensor> expected = new LinkedHashMap<>();
    for (Map.Entry<String, Tensor> entry : file.readAll().entrySet()) {
      String key = entry.getKey();
      if (key.startsWith(INPUT)) {
        inputs.put(key.substring(INPUT.length()), entry.getValue());
      } else if (key.startsWith(UPSTREAM)) {
        upstream.put(key.substring(UPSTREAM.length()), entry.getValue());
      } else if (key.startsWith(OUTPUT) || key.startsWith(GRADIENT)) {
        expected.put(key, entry.getValue());
      } else {
        throw new GoldenCaseException(
            "the tensor '%s' is none of in.*, up.*, out.*, grad.*".formatted(key));
      }
    }
    if (expected.isEmpty()) {
      throw new GoldenCaseException("it holds no expected result, so it would prove nothing");
    }
    Tolerance tolerance =
        new Tolerance(
            Double.parseDouble(metadata(file, "rtol")), Double.parseDouble(metadata(file, "atol")));
    return new GoldenCase(
        name,
        metadata(file, "op"),
        Attributes.parse(metadata(file, "attrs")),
        tolerance,
        inputs,
        upstream,
        expected);
  }

  private static String metadata(SafetensorsFile file, String key) throws GoldenCaseException {
    String value = file.metadata().get(key);
    if (value == null) {
      throw new GoldenCaseException("its metadata has no '" + key + "'");
    }
    return value;
  }

  /**
   * Returns an input.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  Tensor input(String name) {
    Tensor found = inputs.get(name);
    if (found == null) {
      throw new IllegalArgumentException("the input in." + name + " is missing");
    }
    return found;
  }

  /**
   * Returns an expected result.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  Tensor expected(String key) {
    Tensor found = expected.get(key);
    if (found == null) {
      throw new IllegalArgumentException("the expected result " + key + " is missing");
    }
    return found;
  }
}
