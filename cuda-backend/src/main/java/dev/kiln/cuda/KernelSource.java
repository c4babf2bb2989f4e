package dev.kiln.cuda;

import dev.kiln.tensor.DType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The text of a file of kernels, as NVRTC gets it.
 *
 * @param file its name, without its ending
 * @param text the common headers and the file
 * @param options what the compiler is told beside the architecture
 */
record KernelSource(String file, String text, List<String> options) {

  private static final List<String> COMMON = List.of("elements.cuh", "common.cuh");

  /**
   * Reads a file of kernels for elements of one type; what is shorter than F32 is computed in it.
   */
  static KernelSource of(String file, DType type) {
    String element =
        switch (type) {
          case F32 -> "float";
          case F64 -> "double";
          case F16 -> "Half";
          case BF16 -> "BFloat";
          case I32, I64, U8, OPAQUE ->
              throw new IllegalArgumentException("no kernel computes with " + type);
        };
    return new KernelSource(
        file,
        COMMON.stream().map(KernelSource::resource).collect(Collectors.joining())
            + "#line 1 \""
            + file
            + ".cu\"\n"
            + resource(file + ".cu"),
        List.of(
            "-DREAL=" + (type == DType.F64 ? "double" : "float"),
            "-DELEMENT=" + element,
            "--std=c++17"));
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
