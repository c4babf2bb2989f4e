package dev.kiln.datasets;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.data.InvalidDataException;
import dev.kiln.data.TokenStream;
import dev.kiln.models.task.LanguageModelling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextFileTest {

  @TempDir private Path folder;

  private LoadedDataset load(byte[] content) throws IOException {
    Path file = Files.write(folder.resolve("text.txt"), content);
    return new TextFile().load(DataFolders.standard(Optional.of(file)));
  }

  @Test
  void ofEveryTwentyStretchesOneValidatesAndOneTests() throws IOException {
    String text = ("ab\r\n".repeat(1000)) + "z";
    LoadedDataset data = load(text.getBytes(UTF_8));
    LanguageModelling task = (LanguageModelling) data.task();
    assertThat(task.vocabulary().characters()).containsExactly("\n", "a", "b");
    int[] train = ((TokenStream) data.split().train()).tokens();
    int[] test = ((TokenStream) data.split().test()).tokens();
    int[] validation = ((TokenStream) data.split().validation()).tokens();
    assertThat(train).hasSize(2700).startsWith(2, 3, 1, 2, 3, 1);
    assertThat(validation).hasSize(150);
    assertThat(test).hasSize(151).endsWith(2, 3, 1, 0);
  }

  @Test
  void aLongTextIsCutIntoStretchesOfAboutEightThousandCharacters() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      text.append(Character.toString('A' + i).repeat(8192));
    }
    LoadedDataset data = load(text.toString().getBytes(UTF_8));
    LanguageModelling task = (LanguageModelling) data.task();
    // What is not learned from is not known: J and ^ validate, T and h test.
    assertThat(task.vocabulary().characters()).hasSize(36).doesNotContain("J", "^", "T", "h");
    assertThat(((TokenStream) data.split().test()).tokens()).hasSize(2 * 8192).containsOnly(0);
  }

  @Test
  void aCharacterSeenOnlyOnceIsReadAsUnknown() throws IOException {
    LoadedDataset data = load(("\u00e9" + "ab".repeat(1000)).getBytes(UTF_8));
    assertThat(((TokenStream) data.split().train()).tokens()).startsWith(0, 1, 2);
  }

  @Test
  void aTextShorterThanItsWindowsIsRefused() {
    assertThatThrownBy(() -> load("ab".repeat(600).getBytes(UTF_8)))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("text.txt: of 1,200 characters a twentieth validates")
        .hasMessageContaining("a text of 60 characters is too short: a window of 64");
  }

  @Test
  void anotherEncodingIsRefusedWithWhatToDo() {
    assertThatThrownBy(() -> load("d\u00e9j\u00e0 vu ".repeat(1000).getBytes(ISO_8859_1)))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("is not in UTF-8; convert it first: iconv");
  }

  @Test
  void aMissingFileIsNamedWithAnExample() {
    assertThatThrownBy(() -> new TextFile().load(DataFolders.standard(Optional.empty())))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("no folder, for none was named")
        .hasMessageContaining("bible -f gen1:1-rev22:21 > kjv.txt");
  }
}
