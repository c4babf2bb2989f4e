package dev.kiln.check;

import dev.kiln.backend.Backend;
import dev.kiln.metrics.GoldenMetrics;
import dev.kiln.safetensors.SafetensorsFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A set of golden cases: the one that ships with Kiln, or those of a folder. A case is a {@code
 * .safetensors} file; {@code metrics.json}, if it is there, holds the cases of the metrics.
 */
public final class GoldenSuite {

  private static final String FOLDER = "/golden/";
  private static final String ENDING = ".safetensors";
  private static final String METRICS = "metrics.json";

  /** Opens the metrics' cases. */
  @FunctionalInterface
  private interface Metrics {
    InputStream open() throws IOException;
  }

  private final List<GoldenFile> files;
  private final List<Metrics> metrics;

  private GoldenSuite(List<GoldenFile> files, List<Metrics> metrics) {
    this.files = List.copyOf(files);
    this.metrics = List.copyOf(metrics);
  }

  /**
   * Returns the set that ships with Kiln.
   *
   * @throws IOException if Kiln's own files are incomplete
   */
  public static GoldenSuite shipped() throws IOException {
    List<GoldenFile> files = new ArrayList<>();
    try (InputStream index = resource("index.txt")) {
      new String(index.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.endsWith(ENDING))
          .forEach(line -> files.add(new GoldenFile(caseName(line), () -> openResource(line))));
    }
    return new GoldenSuite(files, List.of(() -> resource(METRICS)));
  }

  /**
   * Returns the cases of a folder, in the order of their names.
   *
   * @throws IOException if it is no folder, or holds no case
   */
  public static GoldenSuite in(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new NotDirectoryException(folder + " is not a folder of golden cases");
    }
    List<GoldenFile> files;
    try (Stream<Path> entries = Files.list(folder)) {
      files =
          entries
              .filter(file -> file.getFileName().toString().endsWith(ENDING))
              .sorted()
              .map(file ->
                  new GoldenFile(
                      caseName(file.getFileName().toString()), () -> SafetensorsFile.open(file)))
              .toList();
    }
    Path metrics = folder.resolve(METRICS);
    boolean hasMetrics = Files.exists(metrics);
    if (files.isEmpty() && !hasMetrics) {
      throw new FileNotFoundException(
          "%s holds no golden cases: neither *%s nor %s".formatted(folder, ENDING, METRICS));
    }
    return new GoldenSuite(
        files, hasMetrics ? List.of(() -> Files.newInputStream(metrics)) : List.of());
  }

  private static SafetensorsFile openResource(String file) throws IOException {
    try (InputStream content = resource(file)) {
      return SafetensorsFile.of(file, content.readAllBytes());
    }
  }

  private static InputStream resource(String file) throws IOException {
    InputStream found = GoldenSuite.class.getResourceAsStream(FOLDER + file);
    if (found == null) {
      throw new FileNotFoundException("the resource " + FOLDER + file + " is missing");
    }
    return found;
  }

  private static String caseName(String file) {
    return file.substring(0, file.length() - ENDING.length());
  }

  /** Returns how many files of cases there are; those of the metrics are not counted. */
  public int size() {
    return files.size();
  }

  /** Runs every case on a backend. */
  public GoldenReport run(Backend backend) {
    return run(backend, result -> {});
  }

  /**
   * Runs every case on a backend.
   *
   * @param listener told of each result as soon as it is there
   */
  public GoldenReport run(Backend backend, Consumer<CaseResult> listener) {
    GoldenRunner runner = new GoldenRunner(backend);
    List<CaseResult> results = new ArrayList<>();
    for (GoldenFile file : files) {
      CaseResult result = runner.run(file);
      results.add(result);
      listener.accept(result);
    }
    for (Metrics source : metrics) {
      List<CaseResult> ofMetrics = run(source);
      results.addAll(ofMetrics);
      ofMetrics.forEach(listener);
    }
    return new GoldenReport(results);
  }

  /** Metrics are computed on the host, whatever the backend. */
  private static List<CaseResult> run(Metrics metrics) {
    Map<String, List<Deviation>> cases = new LinkedHashMap<>();
    try (InputStream json = metrics.open()) {
      for (GoldenMetrics.Result result : GoldenMetrics.run(json)) {
        cases
            .computeIfAbsent(result.testCase(), name -> new ArrayList<>())
            .add(new Deviation(result.metric(), 0, result.error(), 0, result.tolerance()));
      }
    } catch (IOException | IllegalArgumentException damaged) {
      return List.of(CaseResult.failed("metrics", METRICS, String.valueOf(damaged.getMessage())));
    }
    List<CaseResult> results = new ArrayList<>();
    cases.forEach((name, deviations) ->
        results.add(
            CaseResult.compared(
                "metrics." + name.substring(0, name.indexOf('/')), name, deviations)));
    return results;
  }
}
