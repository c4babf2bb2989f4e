package dev.kiln.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The user's own folder for what is loaded into this process: native libraries and compiled
 * kernels. Nobody else may write there, so nobody can plant a file.
 */
final class PrivateFolder {

  /** How a message tells where the folder is set. */
  static final String ADVICE = "the system property kiln.cache or the variable XDG_CACHE_HOME";

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private PrivateFolder() {}

  /**
   * Returns a folder that exists and only the user can write to.
   *
   * @param name what is kept there
   * @throws UncheckedIOException if it cannot be created, or belongs to somebody else
   */
  static Path of(String name) {
    Path folder = root().resolve(name).toAbsolutePath();
    try {
      Files.createDirectories(folder);
      // Fails unless the user owns it.
      Files.setPosixFilePermissions(folder, OWNER_ONLY);
      return folder;
    } catch (IOException failed) {
      throw new UncheckedIOException(
          "cannot use the folder %s; %s names another one".formatted(folder, ADVICE), failed);
    }
  }

  private static Path root() {
    String chosen = System.getProperty("kiln.cache");
    if (chosen != null) {
      return Path.of(chosen);
    }
    String caches = System.getenv("XDG_CACHE_HOME");
    return caches == null || caches.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".cache", "kiln")
        : Path.of(caches, "kiln");
  }

  /**
   * Writes a file beside its place and renames it, so that another process finds it whole or not at
   * all.
   */
  static void write(Path file, byte[] content) throws IOException {
    Path part = Files.createTempFile(file.getParent(), file.getFileName().toString(), ".part");
    try {
      Files.write(part, content);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
