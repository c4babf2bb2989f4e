package dev.kiln.datasets;

import dev.kiln.data.InvalidDataException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A pronouncing dictionary as Festival keeps it: one entry a line, {@code ("aback" nil (((ax) 0)
 * ((b ae k) 1)))}, the spelling, the part of speech, and the syllables with their phonemes and
 * stress.
 */
final class PronouncingDictionary {

  /**
   * How a word is spoken.
   *
   * @param spelling its letters, small ones
   * @param phonemes the phonemes of all syllables, in order; where syllables begin, their stress
   *     and the part of speech are left out
   */
  record Entry(String spelling, List<String> phonemes) {

    /** Copies the phonemes. */
    Entry {
      phonemes = List.copyOf(phonemes);
    }
  }

  private static final int LONGEST_LINE = 10_000;

  /** The first line of a compiled lexicon. */
  private static final String HEADER = "MNCL";

  private static final Pattern SYLLABLE = Pattern.compile("\\(\\(([a-z@]+(?: [a-z@]+)*)\\) \\d\\)");

  private static final Pattern ENTRY =
      Pattern.compile(
          "\\(\"([A-Za-z]+)\" [a-z_]+ \\((" + SYLLABLE + "(?: " + SYLLABLE + ")*)\\)\\)");

  private PronouncingDictionary() {}

  /**
   * Reads a dictionary, an entry for each way in which a word is spoken.
   *
   * @throws InvalidDataException if a line is no entry; the message says which
   * @throws IOException if the file cannot be read
   */
  static List<Entry> read(Path file) throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.US_ASCII)) {
      int number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (!line.isBlank() && !line.equals(HEADER)) {
          entries.add(entry(file, number, line));
        }
      }
    } catch (CharacterCodingException foreign) {
      throw new InvalidDataException(file, "is no text in ASCII", foreign);
    }
    if (entries.isEmpty()) {
      throw new InvalidDataException(file, "has no entry");
    }
    return entries;
  }

  private static Entry entry(Path file, int number, String line) throws InvalidDataException {
    Matcher entry = ENTRY.matcher(line);
    if (line.length() > LONGEST_LINE || !entry.matches()) {
      throw new InvalidDataException(
          file,
          "line %d is no entry such as (\"aback\" nil (((ax) 0) ((b ae k) 1))): %s"
              .formatted(number, line.substring(0, Math.min(line.length(), 60))));
    }
    List<String> phonemes = new ArrayList<>();
    Matcher syllable = SYLLABLE.matcher(entry.group(2));
    while (syllable.find()) {
      phonemes.addAll(List.of(syllable.group(1).split(" ")));
    }
    return new Entry(entry.group(1).toLowerCase(Locale.ROOT), phonemes);
  }
}
