package dev.kiln.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A page whose scripts, styles and data all stand in one file.
 *
 * <p>The page's own policy (Content-Security-Policy) forbids it to fetch anything.
 */
enum HtmlPage {
  /** The report of one run. */
  REPORT("Kiln report", "threshold.js", "report.js"),
  /** Runs side by side. */
  COMPARISON("Kiln comparison", "comparison.js");

  private static final String CHART_LIBRARY =
      "/META-INF/resources/webjars/echarts/5.5.0/echarts.min.js";
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([a-z]+)}}");

  private final String brand;
  private final List<String> scripts;

  HtmlPage(String brand, String... scripts) {
    this.brand = brand;
    this.scripts = List.of(scripts);
  }

  /**
   * Returns the page.
   *
   * @param title its title, any text
   * @param data what its script shows, anything that can be written as JSON
   */
  String render(String title, Map<String, ?> data) {
    Map<String, String> parts =
        Map.of(
            "title",
            escaped(title),
            "styles",
            resource("page.css"),
            "brand",
            brand,
            "scripts",
            scripts(),
            "data",
            Json.embeddable(data));
    Matcher matcher = PLACEHOLDER.matcher(resource("page.html"));
    StringBuilder page = new StringBuilder();
    // What is filled in is not searched for placeholders again.
    while (matcher.find()) {
      matcher.appendReplacement(page, "");
      page.append(parts.get(matcher.group(1)));
    }
    return matcher.appendTail(page).toString();
  }

  /** The library, what all pages share, and the page's own scripts, each an element. */
  private String scripts() {
    return Stream.concat(
            Stream.of(chartLibrary(), charts(), resource("page.js")),
            scripts.stream().map(HtmlPage::resource))
        .map(script -> "<script>\n" + script + "\n</script>")
        .collect(Collectors.joining("\n"));
  }

  /** Returns the library that draws, as one script. */
  static String chartLibrary() {
    return resource(CHART_LIBRARY);
  }

  /** Returns the script that says how each chart looks. */
  static String charts() {
    return resource("charts.js");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String resource(String name) {
    try (InputStream stream = HtmlPage.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("report: " + name + " is not on the class path");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException("report: cannot read " + name, unreadable);
    }
  }
}
