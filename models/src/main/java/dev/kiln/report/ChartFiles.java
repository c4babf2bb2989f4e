package dev.kiln.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.NativeArray;
import org.mozilla.javascript.ScriptableObject;

/**
 * Draws the charts of a report into SVG files, without a browser.
 *
 * <p>The page's own scripts run in Rhino, so that a file looks as the page does. They get nothing
 * of Java, no files and no network.
 */
public final class ChartFiles {

  /** What the library asks of its surroundings although nothing moves here. */
  private static final String SURROUNDINGS =
      "function setTimeout() { return 0; } function clearTimeout() {}";

  private static final String DRAW =
      """
      KilnCharts.all(report, KilnCharts.themes.light).map(function (chart) {
        var drawn = echarts.init(null, null,
          { renderer: 'svg', ssr: true, width: chart.width, height: chart.height });
        chart.option.backgroundColor = KilnCharts.themes.light.ground;
        drawn.setOption(chart.option);
        var svg = drawn.renderToSVGString();
        drawn.dispose();
        return [chart.name, svg];
      })
      """;

  private ChartFiles() {}

  /**
   * Writes one file for each chart, named after it, such as {@code roc.svg}.
   *
   * @param report what is drawn
   * @param folder where to write; made where it is missing
   * @return the files, in the order of the page
   * @throws IOException if one cannot be written
   */
  public static List<Path> write(RunReport report, Path folder) throws IOException {
    Files.createDirectories(folder);
    List<Path> files = new ArrayList<>();
    for (Drawing drawing : draw(report)) {
      Path file = folder.resolve(fileName(drawing.name()));
      Files.writeString(file, drawing.svg(), StandardCharsets.UTF_8);
      files.add(file);
    }
    return files;
  }

  /** A chart as text. */
  private record Drawing(String name, String svg) {}

  private static List<Drawing> draw(RunReport report) {
    try (Context context = Context.enter()) {
      context.setLanguageVersion(Context.VERSION_ES6);
      context.setInterpretedMode(true); // each script runs once: compiling them takes longer
      ScriptableObject scope = context.initSafeStandardObjects();
      run(context, scope, SURROUNDINGS, "surroundings");
      run(context, scope, HtmlPage.chartLibrary(), "echarts.min.js");
      run(context, scope, HtmlPage.charts(), "charts.js");
      run(context, scope, "var report = " + Json.embeddable(report.toMap()), "data");
      List<Drawing> drawings = new ArrayList<>();
      for (Object pair : (NativeArray) run(context, scope, DRAW, "draw")) {
        NativeArray drawn = (NativeArray) pair;
        drawings.add(new Drawing(Context.toString(drawn.get(0)), Context.toString(drawn.get(1))));
      }
      return drawings;
    }
  }

  private static Object run(Context context, ScriptableObject scope, String script, String name) {
    return context.evaluateString(scope, script, name, 1, null);
  }

  /** The names of metrics come from the history's file, which anyone may have written. */
  private static String fileName(String chart) {
    return chart.replaceAll("[^A-Za-z0-9_-]", "_") + ".svg";
  }
}
