package dev.kiln.cuda;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
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
      switch (load(library)) {
        case Loading.Done() -> {}
        case Loading.NotFound() -> {
          return Optional.of(
              "%s was not found, which belongs to %s; 'kiln doctor' tells how to get it"
                  .formatted(library.fileName(), library.title()));
        }
        case Loading.Broken broken -> {
          return Optional.of(broken.describe() + "; replace that file, or remove it");
        }
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

  /**
   * Loads a library, which may be done more than once: from the folders that {@value #FOLDERS}
   * names, or else from those of {@link LibraryFolders}, with what the system's loader finds by the
   * name between the two kinds of them.
   */
  static synchronized Loading load(CudaLibrary library) {
    String name = library.fileName();
    String named = System.getProperty(FOLDERS);
    if (named != null) {
      return loadFrom(LibraryFolders.of(named), name);
    }
    LibraryFolders folders = LibraryFolders.ofThisMachine();
    Loading chosen = loadFrom(folders.chosen(), name);
    if (!(chosen instanceof Loading.NotFound)) {
      return chosen;
    }
    return isOpened(name) ? new Loading.Done() : loadFrom(folders.usual(), name);
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

  private static Loading loadFrom(List<Path> folders, String name) {
    return folders.stream()
        .map(folder -> folder.resolve(name).toAbsolutePath())
        .filter(Files::exists)
        .findFirst()
        .map(CudaLibraries::loadWithParts)
        .orElseGet(Loading.NotFound::new);
  }

  /**
   * Loads a library after those beside it that it would only find in the system's folders: the
   * second half of NVRTC.
   */
  private static Loading loadWithParts(Path file) {
    String parts = file.getFileName().toString().replaceFirst("\\.so\\..*", "-builtins.so.");
    try (Stream<Path> neighbours = Files.list(file.getParent())) {
      neighbours
          .filter(neighbour -> neighbour.getFileName().toString().startsWith(parts))
          .forEach(neighbour -> isOpened(neighbour.toString()));
    } catch (IOException failed) {
      throw new UncheckedIOException("cannot look for libraries in " + file.getParent(), failed);
    }
    return isOpened(file.toString())
        ? new Loading.Done()
        : new Loading.Broken(file, complaint(file));
  }

  /** Returns what the system's loader says of a file that it does not load. */
  @SuppressWarnings("restricted")
  private static String complaint(Path file) {
    try {
      System.load(file.toString());
      throw new IllegalStateException(file + " was loaded after all, at the second attempt");
    } catch (UnsatisfiedLinkError complaint) {
      return String.valueOf(complaint.getMessage()).replace(file + ": ", "");
    }
  }

  /**
   * Returns whether the folders that toolkits are installed in hold another version of a library.
   */
  static boolean isInstalledAs(String fileName) {
    LibraryFolders folders = LibraryFolders.ofThisMachine();
    return Stream.concat(folders.chosen().stream(), folders.usual().stream())
        .anyMatch(folder -> Files.exists(folder.resolve(fileName)));
  }

  /**
   * Loads a library by its name, or its path, for as long as the process runs, and returns whether
   * that went well.
   */
  @SuppressWarnings("restricted")
  private static boolean isOpened(String name) {
    try {
      SymbolLookup.libraryLookup(name, Arena.global());
      return true;
    } catch (IllegalArgumentException notFound) {
      return false;
    }
  }
}
