package dev.kiln.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where Python's pip puts NVIDIA's libraries when it installs PyTorch and the like: {@code
 * lib/python3.x/site-packages/nvidia/cudnn/lib}.
 */
final class PipFolders {

  private PipFolders() {}

  /** Returns the folders that there are, those of the environment in use first. */
  static List<Path> present() {
    return Stream.concat(
            Stream.of("VIRTUAL_ENV", "CONDA_PREFIX")
                .map(System::getenv)
                .filter(root -> root != null && !root.isEmpty()),
            Stream.of(
                System.getProperty("user.home") + "/.local", "/usr/local", "/usr", "/opt/conda"))
        .map(Path::of)
        .flatMap(root -> matching(root.resolve("lib"), "python3*"))
        .flatMap(python -> matching(python, "{site,dist}-packages"))
        .flatMap(packages ->
            Stream.concat(
                matching(packages.resolve("nvidia"), "*").map(of -> of.resolve("lib")),
                Stream.of(packages.resolve("torch").resolve("lib"))))
        .filter(Files::isDirectory)
        .toList();
  }

  private static Stream<Path> matching(Path folder, String pattern) {
    if (!Files.isDirectory(folder)) {
      return Stream.of();
    }
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> matches = Files.newDirectoryStream(folder, pattern)) {
      matches.forEach(found::add);
    } catch (IOException failed) {
      throw new UncheckedIOException("cannot look for libraries in " + folder, failed);
    }
    return found.stream().sorted();
  }
}
