package dev.kiln.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * How to read a CSV file (RFC 4180, UTF-8) of numbers.
 *
 * @param firstLine whether the first line names the columns
 * @param emptyCells what an empty cell means
 * @param ignoredColumns names of columns to leave out, which may hold anything
 */
public record CsvFormat(FirstLine firstLine, EmptyCells emptyCells, Set<String> ignoredColumns) {

  /** What the first line holds. */
  public enum FirstLine {
    /** The names of the columns. */
    NAMES,
    /** Numbers, like every other. */
    VALUES
  }

  /** What an empty cell means. */
  public enum EmptyCells {
    /** The file is wrong. */
    REFUSED,
    /** The value is missing and reads as NaN. */
    MISSING
  }

  /** Rows of other lengths come through, so that the message about them is ours. */
  private static final CsvReader.CsvReaderBuilder RAGGED_ROWS_TOO =
      CsvReader.builder()
          .skipEmptyLines(true)
          .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
          .missingFieldStrategy(FieldMismatchStrategy.IGNORE);

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  /** Most cells a table may have: 2 GiB of numbers. */
  private static final int MOST_CELLS = 1 << 28;

  /** Checks nothing, copies the set. */
  public CsvFormat {
    ignoredColumns = Set.copyOf(ignoredColumns);
  }

  /** Every column is numbers and every cell is filled, below a line of names. */
  public static CsvFormat withNames() {
    return new CsvFormat(FirstLine.NAMES, EmptyCells.REFUSED, Set.of());
  }

  /** Every column is numbers and every cell is filled, from the first line on. */
  public static CsvFormat withoutNames() {
    return new CsvFormat(FirstLine.VALUES, EmptyCells.REFUSED, Set.of());
  }

  /**
   * Reads a file.
   *
   * @param file the CSV file
   * @return its numbers
   * @throws InvalidDataException if it is missing, empty or no table of numbers; the message names
   *     the line and the column
   * @throws IOException if the operating system fails to read it
   */
  public CsvTable read(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new InvalidDataException(file, "is a folder, not a CSV file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return read(file.toString(), in);
    } catch (NoSuchFileException e) {
      throw new InvalidDataException(file, "no such file", e);
    } catch (AccessDeniedException e) {
      throw new InvalidDataException(file, "no permission to read it", e);
    }
  }

  /**
   * Reads from a stream, as of a resource.
   *
   * @param source what messages call it
   * @param in the CSV text; not closed
   * @return its numbers
   * @throws InvalidDataException if it is empty or no table of numbers
   * @throws IOException if the stream fails
   */
  public CsvTable read(String source, InputStream in) throws IOException {
    Reader text =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()));
    try {
      skipByteOrderMark(text);
      return new Parse(source).table(RAGGED_ROWS_TOO.ofCsvRecord(text));
    } catch (CharacterCodingException e) {
      throw new InvalidDataException(source, "is not UTF-8 text", e);
    } catch (CsvParseException e) {
      throw new InvalidDataException(source, "is not well-formed CSV: " + reason(e), e);
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof CharacterCodingException) {
        throw new InvalidDataException(source, "is not UTF-8 text", e);
      }
      throw e.getCause();
    }
  }

  private static void skipByteOrderMark(Reader text) throws IOException {
    text.mark(1);
    if (text.read() != BYTE_ORDER_MARK) {
      text.reset();
    }
  }

  private static String reason(CsvParseException e) {
    Throwable cause = e.getCause();
    return cause == null
        ? String.valueOf(e.getMessage())
        : e.getMessage() + " " + cause.getMessage();
  }

  /** One reading of one file. */
  private final class Parse {
    private final String source;
    private final List<Integer> lines = new ArrayList<>();
    private double[] values = new double[1024];
    private int filled;

    Parse(String source) {
      this.source = source;
    }

    CsvTable table(Iterable<CsvRecord> records) throws InvalidDataException {
      List<String> names = null;
      int[] kept = {};
      for (CsvRecord line : records) {
        if (names == null) {
          names = names(line);
          kept = keptColumns(names);
          if (firstLine == FirstLine.NAMES) {
            continue;
          }
        }
        addRow(line, names, kept);
      }
      if (names == null || lines.isEmpty()) {
        throw new InvalidDataException(source, "has no rows of numbers");
      }
      List<String> keptNames = Arrays.stream(kept).mapToObj(names::get).toList();
      return new CsvTable(source, keptNames, List.copyOf(lines), Arrays.copyOf(values, filled));
    }

    private List<String> names(CsvRecord line) throws InvalidDataException {
      if (firstLine == FirstLine.VALUES) {
        return IntStream.rangeClosed(1, line.getFieldCount()).mapToObj(String::valueOf).toList();
      }
      List<String> names = line.getFields().stream().map(String::strip).toList();
      Set<String> seen = new HashSet<>();
      for (String name : names) {
        if (name.isEmpty() || !seen.add(name)) {
          throw new InvalidDataException(
              source,
              "the first line must name the columns, each by its own name, but '"
                  + name
                  + "' is empty or there twice");
        }
      }
      if (names.stream().allMatch(CsvFormat::isDecimal)) {
        throw new InvalidDataException(
            source,
            "the first line must name the columns, but holds numbers; say that the file has no"
                + " names");
      }
      return names;
    }

    private int[] keptColumns(List<String> names) throws InvalidDataException {
      int[] kept =
          IntStream.range(0, names.size())
              .filter(column -> !ignoredColumns.contains(names.get(column)))
              .toArray();
      if (kept.length == 0) {
        throw new InvalidDataException(source, "has no column that is not ignored: " + names);
      }
      return kept;
    }

    private void addRow(CsvRecord line, List<String> names, int[] kept)
        throws InvalidDataException {
      long number = line.getStartingLineNumber();
      if (line.getFieldCount() != names.size()) {
        throw new InvalidDataException(
            source,
            "line %d has %d cells, but the first line has %d"
                .formatted(number, line.getFieldCount(), names.size()));
      }
      if (filled + (long) kept.length > MOST_CELLS) {
        throw new InvalidDataException(source, "has more than " + MOST_CELLS + " cells");
      }
      if (filled + kept.length > values.length) {
        values = Arrays.copyOf(values, Math.max(2 * values.length, filled + kept.length));
      }
      for (int column : kept) {
        values[filled++] = number(line.getField(column), number, column, names.get(column));
      }
      lines.add(Math.toIntExact(number));
    }

    private double number(String cell, long line, int column, String name)
        throws InvalidDataException {
      String text = cell.strip();
      if (text.isEmpty() && emptyCells == EmptyCells.MISSING) {
        return Double.NaN;
      }
      double value = isDecimal(text) ? Double.parseDouble(text) : Double.NaN;
      if (!Double.isFinite(value)) {
        String shown = text.length() <= 40 ? text : text.substring(0, 40) + "...";
        throw new InvalidDataException(
            source,
            "line %d, column %d (%s): '%s' is not a number"
                .formatted(line, column + 1, name, shown));
      }
      return value;
    }
  }

  /** Whether the text is a decimal number; what only Java takes for one (NaN, 1d, 0x1p3) is not. */
  private static boolean isDecimal(String text) {
    int at = skipSign(text, 0);
    int whole = skipDigits(text, at);
    int digits = whole - at;
    at = whole;
    if (at < text.length() && text.charAt(at) == '.') {
      int end = skipDigits(text, at + 1);
      digits += end - at - 1;
      at = end;
    }
    if (digits == 0) {
      return false;
    }
    if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      int exponent = skipSign(text, at + 1);
      at = skipDigits(text, exponent);
      if (at == exponent) {
        return false;
      }
    }
    return at == text.length();
  }

  private static int skipSign(String text, int at) {
    return at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+') ? at + 1 : at;
  }

  private static int skipDigits(String text, int at) {
    int end = at;
    while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
      end++;
    }
    return end;
  }
}
