package dev.kiln.cuda;

import java.io.File;
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
   * costs one look-up of a file.
   */
  static synchronized Optional<String> unavailableReason() {
    if (!isSupportedPlatform()) {
      return Optional.of(
          "it runs on Linux on x86-64 only, and this is %s on %s"
              .formatted(System.getProperty("os.name"), System.getProperty("os.arch")));
    }
    if (!load(CudaLibrary.DRIVER)) {
      return Optional.of(missing(CudaLibrary.DRIVER));
    }
    for (CudaLibrary library : CudaLibrary.toolkit()) {
      if (!load(library)) {
        return Optional.of(missing(library));
      }
    }
    try {
      JCudaNatives.load();
      return Driver.devices().isEmpty()
          ? Optional.of("the NVIDIA driver knows no GPU")
          : Optional.empty();
    } catch (CudaException failed) {
      return Optional.of("the NVIDIA driver does not start: " + failed.getMessage());
    }
  }

  private static String missing(CudaLibrary library) {
    return "%s was not found: install %s".formatted(library.fileName(), library.title());
  }

  private static boolean isSupportedPlatform() {
    return System.getProperty("os.name").equals("Linux")
        && System.getProperty("os.arch").equals("amd64");
  }

  /** Loads a library, which may be done more than once, and returns whether it was found. */
  private static boolean load(CudaLibrary library) {
    String chosen = System.getProperty(FOLDERS);
    return chosen == null
        ? open(library.fileName()) || findIn(usualFolders(), library)
        : findIn(folders(chosen), library);
  }

  private static boolean findIn(List<Path> folders, CudaLibrary library) {
    return folders.stream()
        .map(folder -> folder.resolve(library.fileName()).toAbsolutePath())
        .anyMatch(file -> Files.exists(file) && open(file.toString()));
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
            Stream.of("/usr/local/cuda/lib64", "/usr/lib/x86_64-linux-gnu").map(Path::of))
        .toList();
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
