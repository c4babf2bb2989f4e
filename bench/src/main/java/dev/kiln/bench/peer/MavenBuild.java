package dev.kiln.bench.peer;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A module of Kiln as Maven builds it, without tests and checks, into an output folder of its own.
 *
 * @param root the folder with Kiln's sources
 * @param module the module's folder there
 * @param folder the name of the output folder under {@code target}
 */
record MavenBuild(Path root, String module, String folder) {

  private static final int SHOWN_LINES = 6;

  /** Where the module's jar and class path lie. */
  Path target() {
    return root.resolve(module).resolve("target").resolve(folder);
  }

  /**
   * Builds it, and the modules it needs.
   *
   * @param options added to Maven's command line
   * @throws AbsentPeerException if Maven fails
   */
  void run(String... options) throws IOException, InterruptedException {
    Files.createDirectories(target());
    Path log = target().resolve("peer.build.log");
    List<String> command =
        new ArrayList<>(
            List.of(
                "mvn",
                "-B",
                "-q",
                "-f",
                root.resolve("pom.xml").toString(),
                "-Dquick",
                "-Dquick.folder=" + folder,
                "-DskipTests",
                "-pl",
                module,
                "-am"));
    command.addAll(List.of(options));
    command.add("package");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    builder.environment().putAll(Map.of("JAVA_HOME", System.getProperty("java.home")));
    if (builder.start().waitFor() != 0) {
      List<String> written = Files.readAllLines(log);
      throw new AbsentPeerException(
          "Maven could not get or build it (the whole output is in %s):%n%s"
              .formatted(
                  log,
                  String.join(
                      System.lineSeparator(),
                      written.subList(0, Math.min(SHOWN_LINES, written.size())))));
    }
  }

  /**
   * Returns the class path of what was built, the module's jar first.
   *
   * @param dependencies the file in the output folder that lists the rest
   */
  String classPath(String dependencies) throws IOException {
    try (Stream<Path> files = Files.list(target())) {
      Path jar =
          files
              .filter(file -> file.getFileName().toString().endsWith(".jar"))
              .findFirst()
              .orElseThrow();
      return jar + File.pathSeparator + Files.readString(target().resolve(dependencies)).strip();
    }
  }
}
