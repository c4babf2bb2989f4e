package dev.kiln.models.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.data.Gaps;
import dev.kiln.data.InvalidDataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeriesInputTest {

  private static final double GAP = Double.NaN;

  @TempDir Path folder;

  private String file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content).toString();
  }

  @Test
  void aSeriesIsAFileOrItsNumbers() throws IOException {
    double[] expected = {1.5, GAP, -2, 300};
    assertThat(SeriesInput.read("1.5,, -2, 3e2").values()).containsExactly(expected);
    assertThat(SeriesInput.read("1.5,nan,-2,300").values()).containsExactly(expected);
    assertThat(SeriesInput.read(file("a.csv", "week,ppm\n1,1.5\n2,\n3,-2\n4,300\n")).values())
        .containsExactly(expected);
    assertThat(
            SeriesInput.read(file("dates.csv", "day,ppm\n2020-01-01,1.5\n2020-01-02,7\n")).values())
        .containsExactly(1.5, 7);
    assertThat(SeriesInput.read(file("plain.csv", "1.5\n-2\n")).values()).containsExactly(1.5, -2);
    assertThat(SeriesInput.read(file("a.json", "[1.5, null, -2, 3e2]")).values())
        .containsExactly(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a.json | {\"a\": 1} | must be an array of numbers",
        "b.json | [1, \"x\"] | value 2 is \"x\"",
        "c.json | [1, | is no JSON",
        "d.csv | 1,2,3 | has 3 columns without names",
      })
  void aDamagedFileIsNamed(String name, String content, String message) throws IOException {
    String file = file(name, content);
    assertThatThrownBy(() -> SeriesInput.read(file))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining(name)
        .hasMessageContaining(message);
  }

  @Test
  void whatIsNeitherAFileNorNumbersIsRefused() {
    assertThatThrownBy(() -> SeriesInput.read("nowhere.csv")).hasMessageContaining("no such file");
    assertThatThrownBy(() -> SeriesInput.read("1,2-3,4"))
        .hasMessageContaining("value 2 is '2-3', which is no number");
  }

  @Test
  void gapsAreFilledAsInTrainingAndSaid() throws IOException {
    Forecast carry = new Forecast(3, 2, 2, 10, 2, Gaps.CARRY, 0);
    Sample sample = carry.read("5,12,,14", UnknownCharacters.MAPPED).getFirst();
    assertThat(sample.name()).isEqualTo("series; 1 missing values are the one before");
    assertThat(sample.fields().getFirst().toFloatArray()).containsExactly(1, 1, 2);
    Forecast refuse = new Forecast(3, 2, 2, 10, 2, Gaps.REFUSE, 0);
    assertThatThrownBy(() -> refuse.read("5,12,,14", UnknownCharacters.MAPPED))
        .hasMessageContaining("series: value 3 of the series is missing");
    assertThatThrownBy(() -> carry.read("5,12", UnknownCharacters.MAPPED))
        .hasMessageContaining("has 2 values, but the model needs the last 3");
  }

  @Test
  void aSeasonMustLieInTheWindow() {
    assertThatThrownBy(() -> new Forecast(3, 2, 4, 0, 1, Gaps.CARRY, 0))
        .hasMessageContaining("they are 3, 2 and 4");
  }
}
