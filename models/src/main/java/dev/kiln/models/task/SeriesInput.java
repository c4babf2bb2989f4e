package dev.kiln.models.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.data.CsvFormat;
import dev.kiln.data.CsvFormat.EmptyCells;
import dev.kiln.data.CsvFormat.FirstLine;
import dev.kiln.data.CsvTable;
import dev.kiln.data.InvalidDataException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A series that a user gives: the last column of a CSV file, a JSON file with an array of numbers,
 * or the numbers themselves, separated by commas. Empty cells, {@code null} and {@code nan} are
 * missing values.
 *
 * @param name what messages call it
 * @param values the series, oldest first, missing values as not-a-number
 */
record SeriesInput(String name, double[] values) {

  /** What the numbers themselves look like: nothing that is usual in the name of a file. */
  private static final Pattern NUMBERS = Pattern.compile("(?i)[-+0-9.,e\\s]*(nan[-+0-9.,e\\s]*)*");

  /** Letters that no number has: e is in 1e5. */
  private static final Pattern NAMES = Pattern.compile(".*[a-df-zA-DF-Z_].*");

  /**
   * Reads a series.
   *
   * @param argument a file or the numbers
   * @throws IOException if it cannot be read
   */
  static SeriesInput read(String argument) throws IOException {
    Path file = Path.of(argument);
    if (!Files.exists(file)) {
      if (argument.contains(",") && NUMBERS.matcher(argument).matches()) {
        return new SeriesInput("series", numbers(argument));
      }
      throw new InvalidDataException(
          file, "no such file; name a CSV or JSON file, or numbers separated by commas");
    }
    return new SeriesInput(
        argument, argument.toLowerCase(Locale.ROOT).endsWith(".json") ? json(file) : csv(file));
  }

  private static double[] numbers(String list) throws InvalidDataException {
    List<String> cells = List.of(list.split(",", -1));
    double[] values = new double[cells.size()];
    for (int i = 0; i < values.length; i++) {
      String cell = cells.get(i).strip();
      try {
        values[i] =
            cell.isEmpty() || cell.equalsIgnoreCase("nan") ? Double.NaN : Double.parseDouble(cell);
      } catch (NumberFormatException noNumber) {
        throw new InvalidDataException(
            "series", "value %d is '%s', which is no number".formatted(i + 1, cell), noNumber);
      }
    }
    return values;
  }

  private static double[] json(Path file) throws IOException {
    JsonNode content;
    try {
      content = new ObjectMapper().readTree(file.toFile());
    } catch (JsonProcessingException malformed) {
      throw new InvalidDataException(
          file, "is no JSON: " + malformed.getOriginalMessage(), malformed);
    }
    if (!content.isArray()) {
      throw new InvalidDataException(file, "must be an array of numbers, such as [1.5, null, 2]");
    }
    double[] values = new double[content.size()];
    for (int i = 0; i < values.length; i++) {
      JsonNode value = content.get(i);
      if (!value.isNumber() && !value.isNull()) {
        throw new InvalidDataException(
            file, "value %d is %s, which is neither a number nor null".formatted(i + 1, value));
      }
      values[i] = value.isNull() ? Double.NaN : value.doubleValue();
    }
    return values;
  }

  private static double[] csv(Path file) throws IOException {
    String first;
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      first = lines.readLine();
    }
    boolean named = first != null && NAMES.matcher(first).matches();
    Set<String> others = new HashSet<>();
    if (named) {
      String[] columns = first.split(",", -1);
      others.addAll(Arrays.asList(columns).subList(0, columns.length - 1));
    }
    CsvFormat format =
        new CsvFormat(named ? FirstLine.NAMES : FirstLine.VALUES, EmptyCells.MISSING, others);
    CsvTable table = format.read(file);
    if (table.columns().size() != 1) {
      throw new InvalidDataException(
          file,
          "has %d columns without names; name them in its first line, the values last"
              .formatted(table.columns().size()));
    }
    return table.values();
  }
}
