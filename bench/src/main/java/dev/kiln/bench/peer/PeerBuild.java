package dev.kiln.bench.peer;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Builds the driver of a framework of the JVM with Maven, which downloads the framework. It is a
 * module of its own, so that the framework is on nobody else's class path, built into a folder of
 * its own, since Maven would overwrite the jars that this program runs from.
 *
 * @param module the module's folder under {@code bench}
 * @param mainClass the driver
 */
public record PeerBuild(String module, String mainClass) {

  private static final String FOLDER = "peers";
  private static final int SHOWN_LINES = 6;

  /**
   * Returns the command of the driver, after building it where that has not been done.
   *
   * @throws AbsentPeerException if it cannot be built
   */
  public List<String> command() throws IOException, InterruptedException {
    String property = System.getProperty("kiln.root");
    if (property == null) {
      throw new AbsentPeerException(
          "its driver is built by Maven from Kiln's sources: start 'kiln bench' by the launcher");
    }
    Path root = Path.of(property);
    Path target = root.resolve("bench").resolve(module).resolve("target").resolve(FOLDER);
    if (!isFresh(root, target)) {
      build(root, target);
    }
    String jar;
    try (Stream<Path> files = Files.list(target)) {
      jar =
          files
              .filter(file -> file.getFileName().toString().endsWith(".jar"))
              .findFirst()
              .orElseThrow()
              .toString();
    }
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "-DDJL_CACHE_DIR=" + target.resolve("cache"),
        "-Dai.djl.offline=true",
        "-classpath",
        jar + File.pathSeparator + Files.readString(classPath(target)).strip(),
        mainClass);
  }

  private static Path classPath(Path target) {
    return target.resolve("peer.classpath");
  }

  /** Written after a build; Maven leaves files alone that would not change. */
  private static Path stamp(Path target) {
    return target.resolve("peer.stamp");
  }

  private boolean isFresh(Path root, Path target) throws IOException {
    if (!Files.exists(stamp(target)) || !Files.exists(classPath(target))) {
      return false;
    }
    Instant built = Files.getLastModifiedTime(stamp(target)).toInstant();
    for (String sources :
        List.of("pom.xml", "core/src/main", "bench/src/main", "bench/" + module)) {
      if (newest(root.resolve(sources), target).isAfter(built)) {
        return false;
      }
    }
    return Stream.of(Files.readString(classPath(target)).strip().split(File.pathSeparator, -1))
        .allMatch(entry -> Files.exists(Path.of(entry)));
  }

  private static Instant newest(Path sources, Path target) throws IOException {
    Instant newest = Instant.EPOCH;
    try (Stream<Path> files = Files.walk(sources)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (Files.isRegularFile(file) && !file.startsWith(target.getParent())) {
          Instant modified = Files.getLastModifiedTime(file).toInstant();
          newest = modified.isAfter(newest) ? modified : newest;
        }
      }
    }
    return newest;
  }

  private void build(Path root, Path target) throws IOException, InterruptedException {
    Files.createDirectories(target);
    Path log = target.resolve("peer.build.log");
    Instant started = Instant.now();
    ProcessBuilder builder =
        new ProcessBuilder(
                "mvn",
                "-B",
                "-q",
                "-f",
                root.resolve("pom.xml").toString(),
                "-Dquick",
                "-Dquick.folder=" + FOLDER,
                "-Dpeers",
                "-DskipTests",
                "-pl",
                "bench/" + module,
                "-am",
                "package")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    builder.environment().putAll(Map.of("JAVA_HOME", System.getProperty("java.home")));
    int status = builder.start().waitFor();
    if (status != 0) {
      List<String> written = Files.readAllLines(log);
      throw new AbsentPeerException(
          "Maven could not get or build it (the whole output is in %s):%n%s"
              .formatted(
                  log,
                  String.join(
                      System.lineSeparator(),
                      written.subList(0, Math.min(SHOWN_LINES, written.size())))));
    }
    Files.writeString(stamp(target), "");
    Files.setLastModifiedTime(stamp(target), FileTime.from(started));
  }
}
