package dev.kiln.cuda;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds NVIDIA's libraries and loads them into this process, before any class of JCuda does. A
 * library already loaded under the name that JCuda's own ones ask for satisfies them, wherever it
 * was found.
 */
final class CudaLibraries {

  /** The system property that names the folders to look in, and then no others. */
  static final String FOLDERS = "kiln.cuda.libraries";

  private CudaLibraries() {}

  /**
   * Returns in one sentence why the backend cannot run here, or empty. Where there is no driver it
   * costs next to nothing.
   */
  static synchronized Optional<String> unavailableReason() {
    Optional<String> platform = unsupportedPlatform();
    if (platform.isPresent()) {
      return platform;
    }
    if (System.getProperty(FOLDERS) == null && !isDriverLoaded()) {
      return Optional.of(
          PciBus.lacksNvidiaGpu()
              ? "this machine has no NVIDIA GPU"
              : "no NVIDIA driver runs on this machine; 'kiln doctor' tells how to get one");
    }
    for (CudaLibrary library : CudaLibrary.values()) {
      if (!load(library)) {
        return Optional.of(
            "%s was not found, which belongs to %s; 'kiln doctor' tells how to get it"
                .formatted(library.fileName(), library.title()));
      }
    }
    try {
      JCudaNatives.loadAll();
      return Requirements.unmet();
    } catch (CudaException failed) {
      return Optional.of("the NVIDIA driver does not start: " + failed.getMessage());
    }
  }

  /**
   * Whether the kernel has NVIDIA's driver, or is Windows' own with one: a look at three files. A
   * container may have the device alone.
   */
  static boolean isDriverLoaded() {
    return new File("/proc/driver/nvidia/version").exists()
        || new File("/dev/nvidiactl").exists()
        || new File("/dev/dxg").exists();
  }

  /** Returns why no machine like this one can run the backend, or empty. */
  static Optional<String> unsupportedPlatform() {
    String system = System.getProperty("os.name");
    String processor = System.getProperty("os.arch");
    return system.equals("Linux") && processor.equals("amd64")
        ? Optional.empty()
        : Optional.of(
            "it runs on Linux on x86-64 only, and this is %s on %s".formatted(system, processor));
  }

  /** Loads a library, which may be done more than once, and returns whether it was found. */
  static synchronized boolean load(CudaLibrary library) {
    String chosen = System.getProperty(FOLDERS);
    return chosen == null
        ? findIn(List.of(fetched()), library)
            || open(library.fileName())
            || findIn(usualFolders(), library)
        : findIn(folders(chosen), library);
  }

  /** Where the Maven profile cuda-libraries puts them. */
  private static Path fetched() {
    return Path.of(System.getProperty("user.home"), ".cache", "kiln", "cuda-libraries");
  }

  /** Returns the file that a loaded library was loaded from. */
  static String place(CudaLibrary library) {
    try (Stream<String> mappings = Files.lines(Path.of("/proc/self/maps"))) {
      String name = library.fileName().replaceFirst("\\.so\\..*", ".so");
      return mappings
          .map(line -> line.substring(Math.max(0, line.indexOf('/'))))
          .filter(file -> file.startsWith("/") && file.contains("/" + name))
          .findFirst()
          .orElse("loaded");
    } catch (IOException failed) {
      throw new UncheckedIOException("cannot read which libraries are loaded", failed);
    }
  }

  private static boolean findIn(List<Path> folders, CudaLibrary library) {
    return folders.stream()
        .map(folder -> folder.resolve(library.fileName()).toAbsolutePath())
        .anyMatch(file -> Files.exists(file) && openWithParts(file));
  }

  /**
   * Loads a library after those beside it that it would only find in the system's folders: the
   * second half of NVRTC.
   */
  private static boolean openWithParts(Path file) {
    String parts = file.getFileName().toString().replaceFirst("\\.so\\..*", "-builtins.so.");
    try (Stream<Path> neighbours = Files.list(file.getParent())) {
      neighbours
          .filter(neighbour -> neighbour.getFileName().toString().startsWith(parts))
          .forEach(neighbour -> open(neighbour.toString()));
    } catch (IOException failed) {
      throw new UncheckedIOException("cannot look for libraries in " + file.getParent(), failed);
    }
    return open(file.toString());
  }

  private static List<Path> folders(String list) {
    return Arrays.stream(list.split(File.pathSeparator)).map(Path::of).toList();
  }

  private static List<Path> usualFolders() {
    return Stream.concat(
            Stream.of("CUDA_HOME", "CUDA_PATH")
                .map(System::getenv)
                .filter(home -> home != null && !home.isEmpty())
                .map(home -> Path.of(home, "lib64")),
            Stream.concat(
                Stream.of("/usr/local/cuda/lib64", "/usr/lib/x86_64-linux-gnu").map(Path::of),
                PipFolders.present().stream()))
        .toList();
  }

  /**
   * Returns whether the folders that toolkits are installed in hold another version of a library.
   */
  static boolean isInstalledAs(String fileName) {
    return usualFolders().stream().anyMatch(folder -> Files.exists(folder.resolve(fileName)));
  }

  /** Loads a library by its name, or its path, for as long as the process runs. */
  @SuppressWarnings("restricted")
  private static boolean open(String name) {
    try {
      SymbolLookup.libraryLookup(name, Arena.global());
      return true;
    } catch (IllegalArgumentException notFound) {
      return false;
    }
  }
}
