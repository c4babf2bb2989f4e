package dev.kiln.datasets;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where data files may lie on this machine.
 *
 * @param chosen the place the user named, a folder or a file; when there is one, no other is looked
 *     at
 * @param system the folders of the operating system's packages
 * @param cache the folder downloads go to
 */
public record DataFolders(Optional<Path> chosen, Path system, Path cache) {

  /**
   * Returns the usual places: {@code /usr/share/datasets}, where Debian's data packages lie, and
   * {@code kiln} in {@code $XDG_CACHE_HOME} or else in {@code ~/.cache}.
   *
   * @param chosen what the user said with {@code --data-dir}
   */
  public static DataFolders standard(Optional<Path> chosen) {
    String configured = System.getenv("XDG_CACHE_HOME");
    Path caches =
        configured == null || configured.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(configured);
    return new DataFolders(chosen, Path.of("/usr/share/datasets"), caches.resolve("kiln"));
  }

  /**
   * Returns the folders to look in, best first: below the chosen one, or else the system's and the
   * cache's.
   *
   * @param name the folder's usual name
   */
  List<Path> named(String name) {
    return chosen
        .map(folder -> List.of(folder, folder.resolve(name)))
        .orElseGet(() -> List.of(system.resolve(name), cache.resolve(name)));
  }

  /**
   * Returns where a download of a data set goes: into the chosen folder, or else into the cache.
   *
   * @param name the data set's name
   */
  public Path downloads(String name) {
    return chosen.orElseGet(() -> cache.resolve(name));
  }
}
