import com.google.googlejavaformat.java.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs google-java-format over every Java source below the working directory. It exists because the
 * formatter parses with the javac of the JVM it runs in, and Maven's own JVM may be older than the
 * language of the sources: the build starts this file with the JDK it compiles with.
 */
final class FormatJava {
  private static final List<String> CHECK = List.of("--dry-run", "--set-exit-if-changed");
  private static final List<String> FIX = List.of("--replace");

  /** {@code check} lists the files that are not formatted and fails; {@code fix} formats them. */
  public static void main(String[] args) throws Exception {
    var options =
        switch (String.join(" ", args)) {
          case "check" -> CHECK;
          case "fix" -> FIX;
          default -> throw new IllegalArgumentException("usage: FormatJava check|fix");
        };
    var command = Stream.concat(options.stream(), sources().stream()).toArray(String[]::new);
    int status =
        new Main(new PrintWriter(System.out, true), new PrintWriter(System.err, true), System.in)
            .format(command);
    if (status != 0) {
      System.err.println(
          "These files are not in google-java-format; `mvn -N validate -Dformat` formats them.");
    }
    System.exit(status);
  }

  private static List<String> sources() throws IOException {
    var source = FileSystems.getDefault().getPathMatcher("glob:**.java");
    var built = FileSystems.getDefault().getPathMatcher("glob:**/target/**");
    try (Stream<Path> files = Files.walk(Path.of(""))) {
      return files
          .filter(file -> source.matches(file) && !built.matches(file))
          .map(Path::toString)
          .toList();
    }
  }
}
