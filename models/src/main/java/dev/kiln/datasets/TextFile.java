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
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Any text file: which character comes next? The text is cut into stretches of equal length; of
 * every twenty, the tenth validates and the last tests, so that every part is like the whole text
 * and not like its end.
 */
record TextFile() implements CatalogueEntry {

  /** How many characters are read at once in training; the state goes on from window to window. */
  private static final int WINDOW = 64;

  /** A character that stands only once in the part learned from shows what an unknown one is. */
  private static final int RAREST_CHARACTER = 2;

  private static final int GROUP = 20;
  private static final int VALIDATING = 9;
  private static final int TESTING = 19;

  /** About how long a stretch is, in a text that is long enough. */
  private static final int STRETCH = 8192;

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
    List<String> stretches = stretches(text);
    String learned = joined(stretches, place -> place != VALIDATING && place != TESTING);
    Vocabulary vocabulary = Vocabulary.of(Stream.of(learned), RAREST_CHARACTER);
    try {
      return new LoadedDataset(
          name(),
          new DataSplit(
              part(learned, vocabulary),
              part(joined(stretches, place -> place == VALIDATING), vocabulary),
              part(joined(stretches, place -> place == TESTING), vocabulary)),
          new LanguageModelling(vocabulary, WINDOW));
    } catch (IllegalArgumentException tooShort) {
      throw new InvalidDataException(
          file,
          "of %,d characters a twentieth validates and a twentieth tests; %s"
              .formatted(text.codePointCount(0, text.length()), tooShort.getMessage()),
          tooShort);
    }
  }

  /** Cuts a text into stretches whose lengths differ by at most one, a multiple of twenty. */
  private static List<String> stretches(String text) {
    int[] codes = text.codePoints().toArray();
    int count = GROUP * Math.max(1, Math.round((float) codes.length / (GROUP * STRETCH)));
    return IntStream.range(0, count)
        .mapToObj(i -> {
          int from = Math.toIntExact((long) codes.length * i / count);
          int to = Math.toIntExact((long) codes.length * (i + 1) / count);
          return new String(codes, from, to - from);
        })
        .toList();
  }

  /** Joins the stretches at some of the twenty places. */
  private static String joined(List<String> stretches, IntPredicate places) {
    return IntStream.range(0, stretches.size())
        .filter(i -> places.test(i % GROUP))
        .mapToObj(stretches::get)
        .collect(Collectors.joining());
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
