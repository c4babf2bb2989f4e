package dev.kiln.cuda;

import dev.kiln.backend.BackendProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The stand-ins for NVIDIA's libraries, built from {@code src/test/cuda-on-host}: the backend under
 * test runs all its own code, while what it calls computes on the host and checks how it is called.
 */
public final class CudaOnHost {

  // The tests of other modules, whose folders lie beside it, share it.
  private static final Path MODULE = Path.of("../cuda-backend").toAbsolutePath().normalize();
  private static final Path SOURCES = MODULE.resolve("src/test/cuda-on-host");
  private static final Path FOLDER = MODULE.resolve("target/cuda-on-host");
  private static final String DRIVER = "libcuda.so.1";
  private static final long MEMORY = 4L << 30;
  private static final int REPORT_BYTES = 1 << 16;

  private static boolean ready;

  private CudaOnHost() {}

  /**
   * Returns the provider of the backend on the stand-ins; skips the test where they cannot be
   * built.
   */
  public static synchronized BackendProvider provider() {
    if (!ready) {
      Assumptions.assumeTrue(
          hasCompiler(), "g++ is not installed, and cuda-on-host is built by it");
      build();
      System.setProperty(CudaLibraries.FOLDERS, FOLDER.toString());
      System.setProperty("kiln.cache", FOLDER.resolve("cache").toString());
      ready = true;
    }
    return new CudaProvider();
  }

  /** Returns whether this process has loaded the stand-ins, so that it cannot load NVIDIA's own. */
  static synchronized boolean isLoaded() {
    return ready;
  }

  /**
   * Returns what is not freed, and which rules of CUDA were broken, since the last {@link #reset};
   * nothing where the stand-ins could not be built.
   */
  public static String report() {
    if (!isLoaded()) {
      return "";
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(REPORT_BYTES);
      function("host_report").invokeExact(text, (long) REPORT_BYTES);
      return text.getString(0);
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** Returns how often a function was called, by the name under which its library exports it. */
  static long calls(String function) {
    try (Arena arena = Arena.ofConfined()) {
      return (long)
          Linker.nativeLinker()
              .downcallHandle(
                  symbols().findOrThrow("host_calls"),
                  FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS))
              .invokeExact(arena.allocateFrom(function));
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** Returns how much of the work on all streams has run: it does only when someone waits. */
  static long workDone() {
    try {
      return (long)
          Linker.nativeLinker()
              .downcallHandle(
                  symbols().findOrThrow("host_work_done"),
                  FunctionDescriptor.of(ValueLayout.JAVA_LONG))
              .invokeExact();
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    }
  }

  /**
   * Lets cuDNN say that the convolution that it calls the fastest repeats its bits, which it does
   * not.
   */
  public static void lieAboutRepeatability(boolean whether) {
    if (!isLoaded()) {
      return;
    }
    try {
      Linker.nativeLinker()
          .downcallHandle(
              SymbolLookup.libraryLookup(FOLDER.resolve("libcudnn.so.9"), Arena.global())
                  .findOrThrow("host_lie_about_repeatability"),
              FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT))
          .invokeExact(whether ? 1 : 0);
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** Forgets which rules were broken; the device has as much memory as at first. */
  public static void reset() {
    resetWithMemory(MEMORY);
  }

  /** Forgets which rules were broken, and sets the memory of the device. */
  static void resetWithMemory(long bytes) {
    if (!isLoaded()) {
      return;
    }
    try {
      Linker.nativeLinker()
          .downcallHandle(
              symbols().findOrThrow("host_reset"), FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG))
          .invokeExact(bytes);
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** Sets the compute capability of the device; at first it is 9.0. */
  static void setCapability(int major, int minor) {
    try {
      Linker.nativeLinker()
          .downcallHandle(
              symbols().findOrThrow("host_set_capability"),
              FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT))
          .invokeExact(major, minor);
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** Sets the version of cuDNN, such as 91300; at first it is 90501. */
  static void setCudnnVersion(long version) {
    try {
      Linker.nativeLinker()
          .downcallHandle(
              symbols().findOrThrow("host_set_cudnn_version"),
              FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG))
          .invokeExact(version);
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** Sets the newest CUDA that the driver knows, such as 11080; at first it is 12060. */
  static void setDriverVersion(int version) {
    try {
      Linker.nativeLinker()
          .downcallHandle(
              symbols().findOrThrow("host_set_driver_version"),
              FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT))
          .invokeExact(version);
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** Lets the next call of a function return a status, and do nothing. */
  static void fail(String function, int status) {
    try (Arena arena = Arena.ofConfined()) {
      Linker.nativeLinker()
          .downcallHandle(
              symbols().findOrThrow("host_fail"),
              FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_INT))
          .invokeExact(arena.allocateFrom(function), status);
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static MethodHandle function(String name) {
    return Linker.nativeLinker()
        .downcallHandle(
            symbols().findOrThrow(name),
            FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
  }

  private static SymbolLookup symbols() {
    return SymbolLookup.libraryLookup(FOLDER.resolve(DRIVER), Arena.global());
  }

  private static boolean hasCompiler() {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "g++")));
  }

  private static void build() {
    try {
      Files.createDirectories(FOLDER);
      Files.copy(
          SOURCES.resolve("kernel.h"),
          FOLDER.resolve("kernel.h"),
          StandardCopyOption.REPLACE_EXISTING);
      compile(DRIVER, filesBeginningWith("cuda"));
      compile("libcublasLt.so.12", List.of("cublasLt.cpp"));
      compile("libcublas.so.12", List.of("cublas.cpp"));
      compile("libcudnn.so.9", filesBeginningWith("cudnn"));
      compile("libnvrtc.so.12", List.of("nvrtc.cpp"));
    } catch (IOException failed) {
      throw new UncheckedIOException("cannot build cuda-on-host", failed);
    }
  }

  private static List<String> filesBeginningWith(String prefix) throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(prefix) && name.endsWith(".cpp"))
          .sorted()
          .toList();
    }
  }

  /** Builds a library unless it is newer than everything it is built from. */
  private static void compile(String library, List<String> sources) throws IOException {
    Path result = FOLDER.resolve(library);
    if (isFresh(result)) {
      return;
    }
    // The symbols have the versions that JCuda's libraries ask for.
    Path versions = FOLDER.resolve(library + ".map");
    Files.writeString(versions, library + " { global: *; };\n");
    Path built = FOLDER.resolve(library + ".new");
    List<String> command =
        new ArrayList<>(List.of("g++", "-std=c++20", "-O3", "-Wall", "-fPIC", "-shared"));
    command.addAll(List.of("-Wl,-soname," + library, "-o", built.toString()));
    sources.forEach(source -> command.add(SOURCES.resolve(source).toString()));
    if (!library.equals(DRIVER)) {
      command.add("-Wl,--version-script=" + versions);
      command.add(FOLDER.resolve(DRIVER).toString());
    }
    Process compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
    String messages = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (compiler.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + "\n" + messages);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while building " + library, interrupted);
    }
    Files.move(built, result, StandardCopyOption.ATOMIC_MOVE);
  }

  private static boolean isFresh(Path result) throws IOException {
    if (!Files.exists(result)) {
      return false;
    }
    try (Stream<Path> sources = Files.list(SOURCES)) {
      long built = Files.getLastModifiedTime(result).toMillis();
      return sources.allMatch(source -> source.toFile().lastModified() < built);
    }
  }
}
