package dev.kiln.bench.peer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Kiln as its sources were at a commit: taken from git, which keeps no trace of it, and built once
 * into a folder of its own under {@code bench/target}.
 *
 * @param root the folder with Kiln's sources now
 * @param commit git's full name of the commit
 * @param name what it is called in results: git's short name
 * @param subject the first line of its message
 */
public record CommitBuild(Path root, String commit, String name, String subject) {

  /** The driver, from the first commit on that had one. */
  private static final String DRIVER = "dev.kiln.bench.peer.KilnDriver";

  private static final String FOLDER = "commits";

  /** Written into the folder when it is complete. */
  private static final String STAMP = "kiln.stamp";

  /**
   * Finds a commit.
   *
   * @param root the folder with Kiln's sources
   * @param name whatever git takes for a commit: a branch, {@code HEAD~1}, a short name
   * @throws AbsentPeerException if git has no such commit, or it cannot be measured
   */
  public static CommitBuild of(Path root, String name) throws IOException, InterruptedException {
    Git git = new Git(root);
    String commit =
        git.answer("rev-parse", "--verify", "--end-of-options", name + "^{commit}")
            .orElseThrow(() ->
                new AbsentPeerException(
                    "git has no commit '%s' in %s; 'git log --oneline' lists those it has"
                        .formatted(name, root)));
    String source = "bench/src/main/java/" + DRIVER.replace('.', '/') + ".java";
    if (git.answer("cat-file", "-e", commit + ":" + source).isEmpty()) {
      throw new AbsentPeerException(
          "commit '%s' cannot be measured: it has no %s, so it is older than 'kiln bench'"
              .formatted(name, source));
    }
    String line = git.answer("log", "-1", "--format=%h %s", commit).orElseThrow();
    int space = line.indexOf(' ');
    return new CommitBuild(root, commit, line.substring(0, space), line.substring(space + 1));
  }

  /**
   * Returns the command of its driver, after building it where that has not been done.
   *
   * @param backend the name of a backend
   * @param waiting is told before it is built
   * @throws AbsentPeerException if it cannot be built
   */
  public List<String> command(String backend, Consumer<String> waiting)
      throws IOException, InterruptedException {
    Path sources =
        root.resolve("bench").resolve("target").resolve(FOLDER).resolve(commit).toAbsolutePath();
    MavenBuild build = new MavenBuild(sources, "bench", FOLDER);
    Path stamp = sources.resolve(STAMP);
    if (!Files.exists(stamp)) {
      waiting.accept("building Kiln as it was at %s: %s".formatted(name, subject));
      unpack(sources);
      build.run();
      Files.writeString(stamp, "");
    }
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "-XX:+UseSerialGC",
        "-classpath",
        build.classPath("kiln.classpath"),
        DRIVER,
        backend);
  }

  private void unpack(Path folder) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Process git =
        new ProcessBuilder("git", "-C", root.toString(), "archive", "--format=zip", "-0", commit)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (InputStream archive = git.getInputStream();
        ZipInputStream zip = new ZipInputStream(archive)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = folder.resolve(entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else {
          Files.write(file, zip.readAllBytes());
        }
      }
      // The zip's own directory at its end, which nobody needs; git waits until it is read.
      archive.transferTo(OutputStream.nullOutputStream());
    }
    if (git.waitFor() != 0) {
      throw new IOException("git cannot archive commit %s of %s".formatted(commit, root));
    }
  }
}
