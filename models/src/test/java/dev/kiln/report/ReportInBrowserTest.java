package dev.kiln.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kiln.metrics.BinaryCounts;
import dev.kiln.metrics.BinaryEvaluation;
import dev.kiln.metrics.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/**
 * The report in a real browser: it renders, its slider works, nothing fails, nothing is fetched.
 */
class ReportInBrowserTest {

  @TempDir private static Path folder;

  private static Chromium browser;

  @BeforeAll
  static void open() {
    assumeTrue(Chromium.missing().isEmpty(), () -> Chromium.missing().orElseThrow());
    browser = Chromium.open(folder.resolve("profile"));
  }

  @AfterAll
  static void close() {
    if (browser != null) {
      browser.close();
    }
  }

  private static RunReport show(RunReport report) throws IOException {
    Path file = folder.resolve("report.html");
    Files.writeString(file, report.toHtml());
    browser.console();
    browser.requests();
    browser.show(file);
    assertThat(browser.find(By.tagName("html")).getDomAttribute("data-ready")).isEqualTo("true");
    return report;
  }

  @ParameterizedTest
  @ValueSource(strings = {"two classes", "images", "numbers", "sequences", "scaled gradients"})
  void rendersWithoutAnErrorAndWithoutTheNetwork(String kind) throws IOException {
    show(
        switch (kind) {
          case "two classes" -> Samples.twoClasses();
          case "images" -> Samples.images();
          case "numbers" -> Samples.numbers();
          case "scaled gradients" -> Samples.scaledGradients();
          default -> Samples.sequences();
        });

    List<WebElement> charts = browser.driver().findElements(By.cssSelector(".chart svg"));
    assertThat(charts.size()).isGreaterThanOrEqualTo(4);
    assertThat(charts)
        .allSatisfy(
            chart -> assertThat(chart.findElements(By.tagName("path"))).hasSizeGreaterThan(3));
    assertThat(browser.console()).isEmpty();
    assertThat(browser.requests())
        .isNotEmpty()
        .allSatisfy(address -> assertThat(address).matches("(?s)(file|data|blob):.*"));
  }

  @Test
  void aTrainingInFp16ShowsTheLossScaleAndTheUpdatesSkipped() throws IOException {
    show(Samples.scaledGradients());

    assertThat(browser.find(By.id("scaling")).getText())
        .isEqualTo(
            "Gradients were scaled by 1,024 at last; 7 of 4,500 updates were skipped for"
                + " overflow.");
    assertThat(browser.find(By.id("learning")).getText()).contains("Loss scale");

    show(Samples.numbers());

    assertThat(browser.driver().findElements(By.id("scaling"))).isEmpty();
    assertThat(browser.find(By.id("learning")).getText()).doesNotContain("Loss scale");
  }

  @Test
  void namesOfAnyKindAreTextAndNotMarkup() throws IOException {
    show(Samples.twoClasses());

    assertThat(browser.driver().getTitle()).isEqualTo("mlp-breast-cancer-20261124-220000");
    assertThat(browser.find(By.id("main")).getText()).contains(Samples.HOSTILE);
    assertThat(browser.driver().findElements(By.cssSelector("main b, main script"))).isEmpty();
  }

  @Test
  void theSliderMovesThePointTheCountsAndTheRates() throws IOException {
    RunReport report = show(Samples.twoClasses());
    ClassificationResults results = (ClassificationResults) report.results();
    BinaryEvaluation malignant = results.evaluation().oneVsRest(1);
    assertShows(malignant.at(0.5).counts());

    WebElement slider = browser.find(By.id("threshold"));
    String before = point();
    slider.sendKeys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);
    assertThat(point()).isNotEqualTo(before);
    double threshold = Double.parseDouble(thresholdField());
    assertThat(threshold).isGreaterThan(0.5);
    assertShows(malignant.at(threshold - 1e-6).counts());
    assertThat(slider.getDomAttribute("aria-valuetext")).contains("true positives");

    slider.sendKeys(Keys.END);
    assertShows(
        new BinaryCounts(0, 0, malignant.scores().negatives(), malignant.scores().positives()));
    slider.sendKeys(Keys.HOME);
    assertShows(
        new BinaryCounts(malignant.scores().positives(), malignant.scores().negatives(), 0, 0));
  }

  @Test
  void aThresholdMayBeTypedOrBeTheBestOfARate() throws IOException {
    RunReport report = show(Samples.twoClasses(OptionalDouble.of(0.25)));
    BinaryEvaluation malignant =
        ((ClassificationResults) report.results()).evaluation().oneVsRest(1);
    assertThat(thresholdField()).isEqualTo("0.25");
    assertShows(malignant.at(0.25).counts());

    WebElement field = browser.find(By.id("threshold-value"));
    field.sendKeys(Keys.chord(Keys.CONTROL, "a"), "0.75", Keys.ENTER);
    assertShows(malignant.at(0.75).counts());

    browser.find(By.xpath("//button[text()='best F1']")).click();
    assertShows(malignant.at(malignant.bestThreshold(Metric.F1)).counts());
  }

  @Test
  void everyClassHasItsCurves() throws IOException {
    RunReport report = show(Samples.images());

    browser.find(By.xpath("//select[@id='threshold-class']/option[text()='class 7']")).click();

    BinaryEvaluation seventh = ((ClassificationResults) report.results()).evaluation().oneVsRest(7);
    assertShows(seventh.at(0.5).counts());
    assertThat(browser.find(By.id("threshold-areas")).getText())
        .contains("ROC AUC " + String.format(Locale.ROOT, "%.4f", seventh.rocAuc()))
        .contains(
            "average precision " + String.format(Locale.ROOT, "%.4f", seventh.averagePrecision()));
  }

  @Test
  void lightAndDarkAndANarrowScreen() throws IOException {
    show(Samples.images());
    String first = background();
    browser.find(By.id("theme-toggle")).click();
    assertThat(background()).isNotEqualTo(first);

    Dimension before = browser.driver().manage().window().getSize();
    browser.driver().manage().window().setSize(new Dimension(500, 900));
    Object overflow =
        browser
            .driver()
            .executeScript(
                "return document.documentElement.scrollWidth -"
                    + " document.documentElement.clientWidth");
    browser.driver().manage().window().setSize(before);
    assertThat(overflow).isEqualTo(0L);
    assertThat(browser.console()).isEmpty();
  }

  @Test
  void runsSideBySide() throws IOException {
    Path file = folder.resolve("comparison.html");
    Files.writeString(file, Samples.comparison().toHtml());
    browser.console();
    browser.requests();
    browser.show(file);

    assertThat(browser.driver().findElements(By.cssSelector(".chart svg")))
        .hasSizeGreaterThanOrEqualTo(4);
    assertThat(browser.find(By.id("tests")).getText()).contains("one against two");
    assertThat(browser.driver().findElements(By.cssSelector("td.differs"))).hasSize(2);
    assertThat(browser.console()).isEmpty();
    assertThat(browser.requests())
        .isNotEmpty()
        .allSatisfy(address -> assertThat(address).matches("(?s)(file|data|blob):.*"));
  }

  private static void assertShows(BinaryCounts counts) {
    List<String> shown =
        browser.driver().findElements(By.cssSelector("#threshold-counts .value")).stream()
            .map(WebElement::getText)
            .toList();
    assertThat(shown)
        .containsExactly(
            grouped(counts.tp()), grouped(counts.fp()), grouped(counts.fn()), grouped(counts.tn()));
    List<String> rates =
        browser.driver().findElements(By.cssSelector("#threshold-rates td")).stream()
            .map(WebElement::getText)
            .toList();
    assertThat(rates)
        .containsExactlyElementsOf(
            BinaryCounts.metrics().stream()
                .map(metric -> shown(BinaryCounts.rate(metric).applyAsDouble(counts)))
                .toList());
  }

  private static String grouped(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  private static String shown(double rate) {
    return Double.isNaN(rate) ? "undefined" : String.format(Locale.ROOT, "%.4f", rate);
  }

  private static String thresholdField() {
    return String.valueOf(browser.find(By.id("threshold-value")).getDomProperty("value"));
  }

  /** Where the chosen point is drawn on the ROC curve. */
  private static String point() {
    return String.valueOf(
        browser
            .driver()
            .executeScript(
                "return document.querySelector('#threshold-section .chart svg').innerHTML"));
  }

  private static String background() {
    return browser.find(By.tagName("body")).getCssValue("background-color");
  }
}
