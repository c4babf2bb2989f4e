package dev.kiln.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class VocabularyTest {

  private static final Vocabulary LETTERS =
      Vocabulary.of(Stream.of("banana", "bandana", "\uD835\uDC00\uD835\uDC00", "c"), 2);

  @Test
  void knowsTheCharactersThatOccurOftenEnough() {
    assertThat(LETTERS.characters()).containsExactly("a", "b", "n", "\uD835\uDC00");
    assertThat(LETTERS.size()).isEqualTo(5);
    assertThat(LETTERS.names()).containsExactly("unknown", "a", "b", "n", "\uD835\uDC00");
  }

  @Test
  void numbersCharactersAndBackWhereverTheyLieInUnicode() {
    assertThat(LETTERS.encode("ban\uD835\uDC00")).containsExactly(2, 1, 3, 4);
    assertThat(LETTERS.decode(4)).isEqualTo("\uD835\uDC00");
  }

  @Test
  void anUnknownCharacterIsNumberZeroAndCanBeNamed() {
    assertThat(LETTERS.encode("bad")).containsExactly(2, 1, Vocabulary.UNKNOWN);
    assertThat(LETTERS.unknownIn("dad c")).containsExactly("d", " ", "c");
    assertThat(LETTERS.decode(Vocabulary.UNKNOWN)).isEqualTo("\uFFFD");
  }

  @Test
  void isMadeOfDistinctSingleCharacters() {
    assertThatThrownBy(() -> new Vocabulary(List.of("a", "bc")))
        .hasMessage("a vocabulary is made of single characters, but 'bc' is none");
    assertThatThrownBy(() -> new Vocabulary(List.of("a", "a")))
        .hasMessage("the vocabulary has a character twice: [a, a]");
  }
}
