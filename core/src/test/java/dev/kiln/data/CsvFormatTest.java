package dev.kiln.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.data.CsvFormat.EmptyCells;
import dev.kiln.data.CsvFormat.FirstLine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvFormatTest {

  @Test
  void readsNamesAndNumbers() throws IOException {
    CsvTable table = read(CsvFormat.withNames(), "x, y\n1,-2.5e3\n\n.5,\" 7 \"\n");
    assertThat(table.columns()).containsExactly("x", "y");
    assertThat(table.rows()).isEqualTo(2);
    assertThat(table.values()).containsExactly(1, -2500, 0.5, 7);
    assertThat(table.get(1, table.column("y"))).isEqualTo(7);
    assertThat(table.lines()).containsExactly(2, 4);
  }

  @Test
  void readsAFileWithoutNames() throws IOException {
    CsvTable table = read(CsvFormat.withoutNames(), "1,2\r\n3,4");
    assertThat(table.columns()).containsExactly("1", "2");
    assertThat(table.values()).containsExactly(1, 2, 3, 4);
  }

  @Test
  void skipsAByteOrderMark() throws IOException {
    assertThat(read(CsvFormat.withNames(), "\uFEFFx\n1\n").columns()).containsExactly("x");
    assertThat(read(CsvFormat.withoutNames(), "\uFEFF5\n").values()).containsExactly(5);
  }

  @Test
  void ignoredColumnsMayHoldAnythingAndEmptyCellsMayBeMissing() throws IOException {
    CsvFormat format = new CsvFormat(FirstLine.NAMES, EmptyCells.MISSING, Set.of("week"));
    CsvTable table = read(format, "week,ppm\n1958-03-29,316.1\n1958-04-05,\n");
    assertThat(table.columns()).containsExactly("ppm");
    assertThat(table.values()).containsExactly(316.1, Double.NaN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "abc",
        "1,5x",
        "NaN",
        "Infinity",
        "-inf",
        "1d",
        "0x10",
        "1e",
        "1e+",
        ".",
        "-",
        "--1",
        "1 2",
        "1e999",
        "１",
        "1_000",
        "null"
      })
  void aCellThatIsNoNumberIsNamedWithLineAndColumn(String cell) {
    assertThatThrownBy(() -> read(CsvFormat.withNames(), "x,y\n1,2\n3,\"" + cell + "\"\n"))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("t.csv: line 3, column 2 (y): '" + cell + "' is not a number");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''             | has no rows of numbers
          'x,y\n'        | has no rows of numbers
          '\n\n'         | has no rows of numbers
          'x,y\n1\n'     | line 2 has 1 cells, but the first line has 2
          'x,y\n1,2,3\n' | line 2 has 3 cells, but the first line has 2
          'x,y\n1,\n'    | line 2, column 2 (y): '' is not a number
          'x,x\n1,2\n'   | 'x' is empty or there twice
          'x,\n1,2\n'    | '' is empty or there twice
          '1,2\n3,4\n'   | the first line must name the columns, but holds numbers
          'x\n"1\n2'     | line 2
          """)
  void namesWhatIsWrong(String text, String message) {
    assertThatThrownBy(
            () -> read(CsvFormat.withNames(), text == null ? "" : text.replace("\\n", "\n")))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith("t.csv: ")
        .hasMessageContaining(message);
  }

  @Test
  void textThatIsNotUtf8IsRefused() {
    byte[] latin1 = {'x', '\n', (byte) 0xe9, '\n'};
    assertThatThrownBy(() -> CsvFormat.withNames().read("t.csv", new ByteArrayInputStream(latin1)))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("t.csv: is not UTF-8 text");
  }

  @Test
  void oneEndlessCellIsRefusedWithinBounds() {
    String text = "x\n" + "1".repeat(20 << 20);
    assertThatThrownBy(() -> read(CsvFormat.withNames(), text))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("not well-formed CSV");
  }

  @Test
  void aMissingColumnIsAskedForByName() throws IOException {
    CsvTable table = read(CsvFormat.withNames(), "x,y\n1,2\n");
    assertThatThrownBy(() -> table.column("label"))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("t.csv: has no column 'label'; its columns are [x, y]");
  }

  @Test
  void missingFilesAndFoldersAreNamed(@TempDir Path folder) throws IOException {
    Path missing = folder.resolve("none.csv");
    assertThatThrownBy(() -> CsvFormat.withNames().read(missing))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(missing + ": no such file");
    assertThatThrownBy(() -> CsvFormat.withNames().read(folder))
        .isInstanceOf(InvalidDataException.class);
    Path file = Files.writeString(folder.resolve("t.csv"), "x\n1\n");
    assertThat(CsvFormat.withNames().read(file).values()).containsExactly(1);
  }

  @Property
  void everyFiniteDoubleSurvives(@ForAll double value) throws IOException {
    assertThat(read(CsvFormat.withoutNames(), value + "\n").values()).containsExactly(value);
  }

  @Property
  void arbitraryTextReadsOrFailsCleanly(
      @ForAll
          @StringLength(max = 60)
          @Chars({'1', '2', '.', 'e', '-', ',', '"', '\n', '\r', ' ', '\uFEFF', '\u0000'})
          @AlphaChars
          String text)
      throws IOException {
    try {
      assertThat(read(CsvFormat.withNames(), text).rows()).isPositive();
    } catch (InvalidDataException expected) {
      assertThat(expected).hasMessageStartingWith("t.csv: ");
    }
  }

  private static CsvTable read(CsvFormat format, String text) throws IOException {
    return format.read("t.csv", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }
}
