package dev.kiln.cuda;

import dev.kiln.tensor.DType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The text of a file of kernels, as NVRTC gets it.
 *
 * @param file its name, without its ending
 * @param text the common header and the file
 * @param options what the compiler is told beside the architecture
 */
record KernelSource(String file, String text, List<String> options) {

  private static final String COMMON = "common.cuh";

  /** Reads a file of kernels that compute with elements of one type. */
  static KernelSource of(String file, DType real) {
    String type =
        switch (real) {
          case F32 -> "float";
          case F64 -> "double";
          case F16, BF16, I32, I64, U8, OPAQUE ->
              throw new IllegalArgumentException("no kernel computes with " + real);
        };
    return new KernelSource(
        file,
        resource(COMMON) + "#line 1 \"" + file + ".cu\"\n" + resource(file + ".cu"),
        List.of("-DREAL=" + type, "--std=c++17"));
  }

  private static String resource(String name) {
    try (InputStream content = KernelSource.class.getResourceAsStream("kernels/" + name)) {
      if (content == null) {
        throw new IllegalArgumentException("there is no file of kernels " + name);
      }
      return new String(content.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failed) {
      throw new UncheckedIOException("cannot read the kernels " + name, failed);
    }
  }
}
