package dev.kiln;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the pages point at is there: other pages, their sections, and files of results. */
class DocumentationTest {

  private static final Path ROOT = Path.of("..");
  private static final Pattern LINK = Pattern.compile("\\[[^]]*]\\(([^)\\s]+)\\)");
  private static final Pattern RESULT =
      Pattern.compile("bench/results/[A-Za-z0-9_./-]*[A-Za-z0-9]");
  private static final Pattern FILE_OF_FIGURES =
      Pattern.compile("`([a-z0-9-]+\\.(?:json|txt|md))`");
  private static final Pattern CODE = Pattern.compile("(?ms)^```.*?^```");

  static Stream<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      List<Path> pages =
          new ArrayList<>(docs.filter(page -> page.toString().endsWith(".md")).toList());
      pages.add(ROOT.resolve("README.md"));
      pages.add(ROOT.resolve("CONTRIBUTING.md"));
      return pages.stream();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyLinkWithinTheProjectLeadsSomewhere(Path page) throws IOException {
    List<String> broken = new ArrayList<>();
    Matcher links = LINK.matcher(CODE.matcher(Files.readString(page)).replaceAll(""));
    while (links.find()) {
      String link = links.group(1);
      if (!link.startsWith("http") && !isThere(page, link)) {
        broken.add(link);
      }
    }
    assertThat(broken).isEmpty();
  }

  private static boolean isThere(Path page, String link) throws IOException {
    String[] parts = link.split("#", 2);
    Path target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]);
    return Files.exists(target) && (parts.length == 1 || sections(target).contains(parts[1]));
  }

  /** The names by which the sections of a page are linked to. */
  private static List<String> sections(Path page) throws IOException {
    return Files.readAllLines(page).stream()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
        .map(title -> title.replaceAll("[^a-z0-9 _-]", "").replace(' ', '-'))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyFileOfResultsThatIsNamedExists(Path page) throws IOException {
    Matcher files = RESULT.matcher(Files.readString(page));
    assertThat(files.results().map(file -> ROOT.resolve(file.group()))).allMatch(Files::exists);
  }

  /** That page tells which folder its files are in, and then names them alone. */
  @Test
  void everyFileOfFiguresOfThePerformancePageExists() throws IOException {
    String page = Files.readString(ROOT.resolve("docs").resolve("performance.md"));
    List<String> files =
        FILE_OF_FIGURES.matcher(page).results().map(file -> file.group(1)).toList();
    assertThat(files).isNotEmpty();
    try (Stream<Path> results = Files.walk(ROOT.resolve("bench").resolve("results"))) {
      assertThat(results.map(path -> path.getFileName().toString()).toList()).containsAll(files);
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everySectionStandsApartFromWhatIsAboveIt(Path page) throws IOException {
    List<String> lines = CODE.matcher(Files.readString(page)).replaceAll("").lines().toList();
    for (int i = 1; i < lines.size(); i++) {
      if (lines.get(i).matches("#{1,6} .*")) {
        assertThat(lines.get(i - 1)).as("before '%s'", lines.get(i)).isEmpty();
      }
    }
  }
}
