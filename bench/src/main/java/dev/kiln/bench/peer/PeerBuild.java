package dev.kiln.bench.peer;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
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
  private static final String CLASS_PATH = "peer.classpath";

  /** Written after a build; Maven leaves files alone that would not change. */
  private static final String STAMP = "peer.stamp";

  /**
   * Returns the command of the driver, after building it where that has not been done.
   *
   * @param waiting is told before it is built
   * @throws AbsentPeerException if it cannot be built
   */
  public List<String> command(Consumer<String> waiting) throws IOException, InterruptedException {
    String property = System.getProperty("kiln.root");
    if (property == null) {
      throw new AbsentPeerException(
          "its driver is built by Maven from Kiln's sources: start 'kiln bench' by the launcher");
    }
    MavenBuild build = new MavenBuild(Path.of(property), "bench/" + module, FOLDER);
    if (!isFresh(build)) {
      Instant started = Instant.now();
      waiting.accept(
          "building the driver of %s (the first time, Maven downloads what it needs)"
              .formatted(module));
      build.run("-Dpeers");
      Path stamp = build.target().resolve(STAMP);
      Files.writeString(stamp, "");
      Files.setLastModifiedTime(stamp, FileTime.from(started));
    }
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "-DDJL_CACHE_DIR=" + build.target().resolve("cache"),
        "-Dai.djl.offline=true",
        "-classpath",
        build.classPath(CLASS_PATH),
        mainClass);
  }

  private boolean isFresh(MavenBuild build) throws IOException {
    Path target = build.target();
    Path stamp = target.resolve(STAMP);
    if (!Files.exists(stamp) || !Files.exists(target.resolve(CLASS_PATH))) {
      return false;
    }
    Instant built = Files.getLastModifiedTime(stamp).toInstant();
    for (String sources : List.of("pom.xml", "core/src/main", "bench/src/main", build.module())) {
      if (newest(build.root().resolve(sources), target).isAfter(built)) {
        return false;
      }
    }
    return Stream.of(build.classPath(CLASS_PATH).split(File.pathSeparator, -1))
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
}
