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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
 * needed. The compiler comes with {@code -Pnvrtc}, which takes no other; without that it is the one
 * installed, if there is one.
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

  /** The version that {@code -Pnvrtc} brings. */
  private static final String PACKED_VERSION = "12.9";

  /** The versions of the stand-in of cuda-on-host begin with it, and NVIDIA's do not. */
  private static final int STAND_IN = 0;

  /** What machine code for a GPU says in its ELF header, at this place. */
  private static final short EM_CUDA = 190;

  private static final int MACHINE_OFFSET = 18;

  @TempDir static Path folder;

  @BeforeAll
  static void load() throws IOException {
    boolean required = Boolean.getBoolean("require.nvrtc");
    boolean packed = NvrtcIsolatedTest.class.getResource(FOLDER + LIBRARIES.getFirst()) != null;
    if (required && !packed) {
      throw new IllegalStateException("-Pnvrtc has not brought " + LIBRARIES.getFirst());
    }
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
    if (required) {
      assertThat(Nvrtc.version()).as("the version of the NVRTC loaded").isEqualTo(PACKED_VERSION);
    } else {
      Assumptions.assumeFalse(
          Nvrtc.majorVersion() == STAND_IN,
          "the NVRTC of this process is the stand-in; -Pnvrtc brings NVIDIA's for this test");
    }
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
      assertThat(ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).getShort(MACHINE_OFFSET))
          .as("the machine that the code is for")
          .isEqualTo(EM_CUDA);
    }
  }
}
