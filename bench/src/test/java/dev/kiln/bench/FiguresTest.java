package dev.kiln.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the documents say was measured is what the files of results say. */
class FiguresTest {

  private static final Path ROOT = Path.of("..");
  private static final Path PERFORMANCE = ROOT.resolve("docs").resolve("performance.md");
  private static final Pattern RESULTS = Pattern.compile("bench/results/[\\w./-]*\\w");

  /** 3.28, 17,811, 46 ms, 5 percent: numbers that were measured, unlike those of a version. */
  private static final Pattern FIGURE =
      Pattern.compile("\\d\\.\\d|\\d,\\d{3}\\b|\\d ?(ms|us|s|percent|%)(\\b|$)");

  /** A workload's advantage, the way every table writes it. */
  private static final Pattern ADVANTAGE =
      Pattern.compile("([a-z][a-z0-9-]+) (\\d+\\.\\d\\d) \\((\\d+\\.\\d\\d) to (\\d+\\.\\d\\d)\\)");

  private static final Pattern COMMIT = Pattern.compile("\\(([0-9a-f]{7})\\)");

  /** The peers, in the order of the table's columns. */
  private static final List<String> PEERS =
      List.of("pytorch", "pytorch-compiled", "djl", "deeplearning4j");

  /** The workloads that are reported besides the mean. */
  private static final Set<String> BESIDES = Set.of("resnet18", "seq2seq");

  /**
   * A part of a document under one heading.
   *
   * @param lines what it says
   */
  private record Section(String heading, List<String> lines) {

    static List<Section> of(Path document) throws IOException {
      List<Section> sections = new ArrayList<>();
      sections.add(new Section("", new ArrayList<>()));
      for (String line : Files.readAllLines(document)) {
        if (line.startsWith("#")) {
          sections.add(new Section(line, new ArrayList<>()));
        }
        sections.getLast().lines.add(line);
      }
      return sections;
    }

    static Section of(Path document, String heading) throws IOException {
      return of(document).stream()
          .filter(section -> section.heading.equals(heading))
          .findFirst()
          .orElseThrow();
    }

    /** The rows of its tables, headings and rulers left out. */
    List<String> rows() {
      List<String> rows = new ArrayList<>();
      for (int i = 2; i < lines.size(); i++) {
        if (lines.get(i).startsWith("|") && lines.get(i - 2).startsWith("|")) {
          rows.add(lines.get(i));
        }
      }
      return rows;
    }

    /** The files of results that it names, in order. */
    List<Path> results() {
      return RESULTS
          .matcher(String.join("\n", lines))
          .results()
          .map(found -> ROOT.resolve(found.group()))
          .toList();
    }

    JsonNode firstResult() throws IOException {
      return new ObjectMapper().readTree(results().getFirst().toFile());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/performance.md"})
  void everyTableOfFiguresNamesAFileOfResults(String document) throws IOException {
    List<Section> sections = Section.of(ROOT.resolve(document));
    assertThat(sections).anyMatch(FiguresTest::hasFigures);
    for (Section section : sections) {
      assertThat(section.results()).allSatisfy(file -> assertThat(file).exists());
      if (hasFigures(section)) {
        assertThat(section.results())
            .as("the files of results named under '%s' of %s", section.heading, document)
            .isNotEmpty();
      }
    }
  }

  private static boolean hasFigures(Section section) {
    return section.rows().stream().anyMatch(row -> FIGURE.matcher(row).find());
  }

  @Test
  void theComparisonIsWhatWasMeasured() throws IOException {
    Section section = Section.of(PERFORMANCE, "### Results");
    JsonNode report = section.firstResult();
    List<String> expected = new ArrayList<>();
    for (JsonNode workload : report.at("/workloads")) {
      JsonNode rate = workload.at("/peers/0/samples-per-second/median");
      expected.add(
          "| %s | %,.0f | %s |"
              .formatted(
                  workload.at("/name").asText(),
                  rate.asDouble(),
                  columns(peer -> advantage(workload, peer))));
    }
    expected.add(
        "| geometric mean without resnet18, seq2seq | | %s |"
            .formatted(columns(peer -> "%.2f".formatted(mean(report, peer)))));
    assertThat(section.rows()).containsExactlyElementsOf(expected);
  }

  private static String columns(UnaryOperator<String> ofPeer) {
    return PEERS.stream().map(ofPeer).collect(Collectors.joining(" | "));
  }

  @Test
  void theReadmeTellsTheSameMean() throws IOException {
    JsonNode report = Section.of(PERFORMANCE, "### Results").firstResult();
    assertThat(Section.of(ROOT.resolve("README.md"), "## Figures").rows())
        .filteredOn(row -> row.contains("`./kiln bench`"))
        .singleElement()
        .asString()
        .contains("geometric mean %.2f over".formatted(mean(report, "pytorch")))
        .contains("as Deeplearning4j: %.1f".formatted(mean(report, "deeplearning4j")));
  }

  @Test
  void everyChangeBroughtWhatWasMeasured() throws IOException {
    Section section = Section.of(PERFORMANCE, "## What was changed and what it brought");
    List<String> rows = section.rows();
    assertThat(rows).isNotEmpty();
    for (String row : rows) {
      String commit =
          COMMIT.matcher(row).results().map(found -> found.group(1)).findFirst().orElseThrow();
      Path file =
          section.results().stream()
              .map(folder -> folder.resolve(commit + ".json"))
              .filter(Files::exists)
              .findFirst()
              .orElseThrow();
      JsonNode report = new ObjectMapper().readTree(file.toFile());
      List<String> measured = new ArrayList<>();
      for (JsonNode workload : report.at("/workloads")) {
        String before = workload.at("/peers/1/peer").asText();
        measured.add(workload.at("/name").asText() + " " + advantage(workload, before));
      }
      assertThat(ADVANTAGE.matcher(row).results().map(MatchResult::group))
          .as("what %s brought", commit)
          .containsExactlyElementsOf(measured);
    }
  }

  private static Stream<JsonNode> stream(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false);
  }

  private static Stream<JsonNode> measured(JsonNode workload, String peer) {
    return stream(workload.at("/peers"))
        .filter(measured -> measured.at("/peer").asText().equals(peer))
        .map(measured -> measured.at("/kiln-advantage"));
  }

  private static String advantage(JsonNode workload, String peer) {
    return measured(workload, peer)
        .map(series ->
            "%.2f (%.2f to %.2f)"
                .formatted(
                    series.at("/median").asDouble(),
                    series.at("/min").asDouble(),
                    series.at("/max").asDouble()))
        .findFirst()
        .orElse("-");
  }

  private static double mean(JsonNode report, String peer) {
    double logarithms =
        stream(report.at("/workloads"))
            .filter(workload -> !BESIDES.contains(workload.at("/name").asText()))
            .flatMap(workload -> measured(workload, peer))
            .mapToDouble(series -> Math.log(series.at("/median").asDouble()))
            .average()
            .orElseThrow();
    return Math.exp(logarithms);
  }
}
