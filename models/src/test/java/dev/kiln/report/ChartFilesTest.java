package dev.kiln.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.SAXException;

/** Every chart of a report can be had as a file, without a browser. */
class ChartFilesTest {

  @TempDir private Path folder;

  @Test
  void twoClassesHaveTheCurvesOfThePositiveOne()
      throws IOException, ParserConfigurationException, SAXException {
    assertThat(names(ChartFiles.write(Samples.twoClasses(), folder)))
        .containsExactly(
            "learning-curve-loss.svg",
            "learning-curve-accuracy.svg",
            "generalization-gap.svg",
            "learning-rate.svg",
            "confusion-matrix.svg",
            "roc.svg",
            "precision-recall.svg",
            "calibration.svg",
            "probabilities.svg");
    assertThat(Files.readString(folder.resolve("roc.svg")))
        .startsWith("<svg")
        .contains("false positive rate");
    assertThat(Files.readString(folder.resolve("confusion-matrix.svg")))
        .contains("benign &lt;/scr");
    assertIsSvg(folder);
  }

  @Test
  void everyKindOfResultIsDrawn() throws IOException, ParserConfigurationException, SAXException {
    assertThat(names(ChartFiles.write(Samples.images(), folder.resolve("images"))))
        .contains("roc-0.svg", "precision-recall-9.svg");
    assertThat(names(ChartFiles.write(Samples.numbers(), folder.resolve("numbers"))))
        .contains("predicted-against-true.svg", "errors.svg");
    assertThat(names(ChartFiles.write(Samples.sequences(), folder.resolve("sequences"))))
        .contains("learning-curve-loss.svg")
        .doesNotContain("loss-scale.svg");
    assertThat(names(ChartFiles.write(Samples.scaledGradients(), folder.resolve("scaled"))))
        .contains("loss-scale.svg");
    assertIsSvg(folder.resolve("images"));
    assertIsSvg(folder.resolve("numbers"));
    assertIsSvg(folder.resolve("scaled"));
  }

  private static List<String> names(List<Path> files) {
    return files.stream().map(file -> file.getFileName().toString()).toList();
  }

  private static void assertIsSvg(Path folder)
      throws IOException, ParserConfigurationException, SAXException {
    List<Path> files;
    try (var listed = Files.list(folder)) {
      files = listed.filter(file -> file.toString().endsWith(".svg")).toList();
    }
    for (Path file : files) {
      var document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
      assertThat(document.getDocumentElement().getTagName()).isEqualTo("svg");
      assertThat(document.getElementsByTagName("path").getLength()).isGreaterThan(3);
    }
  }
}
