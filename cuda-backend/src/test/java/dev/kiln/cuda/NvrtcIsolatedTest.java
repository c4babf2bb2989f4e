package dev.kiln.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.cuda.CompilerTarget.Form;
import dev.kiln.tensor.DType;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * NVIDIA's own compiler takes every kernel for architectures from Turing on, and those of F16,
 * which hold assembly, for the oldest that CUDA 12 knows and as PTX for newer ones; no GPU is
 * needed. The compiler comes with {@code -Pnvrtc}, or is the one installed.
 */
class NvrtcIsolatedTest {

  private static final String FOLDER = "/org/bytedeco/cuda/linux-x86_64/";

  // The second is loaded by the first.
  private static final List<String> LIBRARIES =
      List.of("libnvrtc.so.12", "libnvrtc-builtins.so.12.9");

  private static final List<CompilerTarget> TARGETS =
      List.of(
          new CompilerTarget(Form.MACHINE_CODE, 75),
          new CompilerTarget(Form.MACHINE_CODE, 80),
          new CompilerTarget(Form.MACHINE_CODE, 90));

  private static final List<CompilerTarget> FURTHER_TARGETS =
      List.of(new CompilerTarget(Form.MACHINE_CODE, 50), new CompilerTarget(Form.PTX, 90));

  @TempDir static Path folder;

  @BeforeAll
  static void load() throws IOException {
    boolean packed = NvrtcIsolatedTest.class.getResource(FOLDER + LIBRARIES.getFirst()) != null;
    Assumptions.assumeTrue(
        packed || isInstalled(), "NVRTC 12 is not installed; -Pnvrtc brings it for this test");
    if (packed) {
      for (String library : LIBRARIES) {
        try (InputStream content = NvrtcIsolatedTest.class.getResourceAsStream(FOLDER + library)) {
          Files.copy(content, folder.resolve(library), StandardCopyOption.REPLACE_EXISTING);
        }
      }
      // The newest first: what is loaded already is not looked for.
      for (String library : LIBRARIES.reversed()) {
        SymbolLookup.libraryLookup(folder.resolve(library), Arena.global());
      }
    }
    System.setProperty("kiln.cache", folder.resolve("cache").toString());
    JCudaNatives.loadCompiler();
  }

  private static boolean isInstalled() {
    try {
      SymbolLookup.libraryLookup(LIBRARIES.getFirst(), Arena.global());
      return true;
    } catch (IllegalArgumentException notFound) {
      return false;
    }
  }

  static Stream<Arguments> kernels() throws IOException, URISyntaxException {
    URL resources = KernelSource.class.getResource("kernels");
    try (Stream<Path> files = Files.list(Path.of(resources.toURI()))) {
      List<String> names =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".cu"))
              .map(name -> name.substring(0, name.length() - ".cu".length()))
              .sorted()
              .toList();
      assertThat(names).contains("unary", "optimizer");
      return names.stream()
          .flatMap(name ->
              Stream.of(DType.F32, DType.F64, DType.F16, DType.BF16)
                  .flatMap(type -> targets(type).map(target -> Arguments.of(name, type, target))))
          .toList()
          .stream();
    }
  }

  private static Stream<CompilerTarget> targets(DType type) {
    return type == DType.F16
        ? Stream.concat(TARGETS.stream(), FURTHER_TARGETS.stream())
        : TARGETS.stream();
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void everyKernelCompiles(String file, DType real, CompilerTarget target) {
    byte[] image = Nvrtc.compile(KernelSource.of(file, real), target);
    if (target.form() == Form.PTX) {
      assertThat(new String(image, StandardCharsets.US_ASCII))
          .contains(".target sm_" + target.architecture())
          .endsWith("\0");
    } else {
      assertThat(image).startsWith(0x7F, 'E', 'L', 'F');
    }
  }
}
