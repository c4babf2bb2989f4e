package dev.kiln.datasets;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kiln.data.DataSplit;
import dev.kiln.data.InvalidDataException;
import dev.kiln.data.TokenStream;
import dev.kiln.data.Vocabulary;
import dev.kiln.models.task.LanguageModelling;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Any text file: which character comes next? The first nine tenths are learned from, the last
 * twentieth is the test, the twentieth before it validates.
 */
record TextFile() implements CatalogueEntry {

  /** How many characters are read at once in training; the state goes on from window to window. */
  private static final int WINDOW = 64;

  /** A character that stands only once in the part learned from shows what an unknown one is. */
  private static final int RAREST_CHARACTER = 2;

  @Override
  public String name() {
    return "text";
  }

  @Override
  public String summary() {
    return "your own text file, in UTF-8";
  }

  @Override
  public String examples() {
    return "windows of %d characters, each with the character that follows it".formatted(WINDOW);
  }

  @Override
  public String howToGet() {
    return "Name a text file by --data-dir, such as that of Debian's package bible-kjv: bible -f"
        + " gen1:1-rev22:21 > kjv.txt";
  }

  @Override
  public List<Path> searched(DataFolders folders) {
    return folders.chosen().stream().toList();
  }

  @Override
  public boolean isPresent(DataFolders folders) {
    return found(folders).isPresent();
  }

  @Override
  public Optional<Path> found(DataFolders folders) {
    return folders.chosen().filter(Files::isRegularFile);
  }

  @Override
  public LoadedDataset load(DataFolders folders) throws IOException {
    Path file = require(folders);
    String text = read(file);
    int[] codes = text.codePoints().toArray();
    int validation = (int) Math.round(codes.length * 0.9);
    int test = (int) Math.round(codes.length * 0.95);
    String learned = new String(codes, 0, validation);
    Vocabulary vocabulary = Vocabulary.of(Stream.of(learned), RAREST_CHARACTER);
    try {
      return new LoadedDataset(
          name(),
          new DataSplit(
              part(learned, vocabulary),
              part(new String(codes, validation, test - validation), vocabulary),
              part(new String(codes, test, codes.length - test), vocabulary)),
          new LanguageModelling(vocabulary, WINDOW));
    } catch (IllegalArgumentException tooShort) {
      throw new InvalidDataException(
          file,
          "of %,d characters a twentieth validates and a twentieth tests; %s"
              .formatted(codes.length, tooShort.getMessage()),
          tooShort);
    }
  }

  private static TokenStream part(String text, Vocabulary vocabulary) {
    return TokenStream.of(vocabulary.encode(text), WINDOW, vocabulary.names());
  }

  /** Reads a text; lines end with a line feed alone then. */
  private static String read(Path file) throws IOException {
    try {
      return UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
          .toString()
          .replace("\r\n", "\n");
    } catch (CharacterCodingException other) {
      throw new InvalidDataException(
          file, "is not in UTF-8; convert it first: iconv -f latin1 -t utf-8 FILE", other);
    }
  }
}
