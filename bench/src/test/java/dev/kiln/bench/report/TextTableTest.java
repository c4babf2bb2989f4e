package dev.kiln.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TextTableTest {

  private final TextTable table =
      new TextTable("name", "rate").row("a", "10").row("longer", "1,000");

  @Test
  void alignsTheFirstColumnLeftAndOthersRight() {
    assertThat(table.text()).containsExactly("name     rate", "a          10", "longer  1,000");
  }

  @Test
  void isATableInMarkdown() {
    assertThat(table.markdown())
        .containsExactly("| name | rate |", "| --- | ---: |", "| a | 10 |", "| longer | 1,000 |");
  }

  @Test
  void refusesARowOfAnotherLength() {
    assertThatThrownBy(() -> table.row("a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a row of 1 cells in a table of 2 columns");
  }
}
