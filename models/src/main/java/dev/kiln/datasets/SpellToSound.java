package dev.kiln.datasets;

import dev.kiln.data.DataSplit;
import dev.kiln.data.InvalidDataException;
import dev.kiln.data.SequencePairs;
import dev.kiln.models.task.Transcription;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/**
 * Spellings and the phonemes they are spoken with, from the CMU pronouncing dictionary as Debian's
 * {@code festlex-cmu} has it. Which part a word goes to follows from its spelling alone, 85 : 5 :
 * 10, so that no word with two pronunciations is in two parts.
 */
record SpellToSound() implements CatalogueEntry {

  private static final String FILE = "cmudict-0.4.out";
  private static final List<String> LETTERS =
      IntStream.rangeClosed('a', 'z').mapToObj(Character::toString).toList();
  private static final int TEST_PERCENT = 10;
  private static final int VALIDATION_PERCENT = 5;

  private enum Part {
    TRAIN,
    VALIDATION,
    TEST;

    /** Returns where a word belongs: by a checksum, which is the same everywhere. */
    static Part of(String spelling) {
      CRC32 checksum = new CRC32();
      checksum.update(spelling.getBytes(StandardCharsets.US_ASCII));
      long percent = checksum.getValue() % 100;
      if (percent < TEST_PERCENT) {
        return TEST;
      }
      return percent < TEST_PERCENT + VALIDATION_PERCENT ? VALIDATION : TRAIN;
    }
  }

  @Override
  public String name() {
    return "spell-to-sound";
  }

  @Override
  public String summary() {
    return "English words and their phonemes (CMU pronouncing dictionary 0.4, for Festival)";
  }

  @Override
  public String examples() {
    return "105,900 pronunciations of words, each of up to 20 of 40 phonemes";
  }

  @Override
  public String howToGet() {
    return "Install Debian's package (apt-get install festlex-cmu), or name its file "
        + FILE
        + " or the folder that holds it by --data-dir.";
  }

  @Override
  public List<Path> searched(DataFolders folders) {
    return folders
        .chosen()
        .map(chosen -> List.of(chosen, chosen.resolve(FILE)))
        .orElseGet(() ->
            List.of(folders.system().resolveSibling("festival").resolve("dicts/cmu/" + FILE)));
  }

  @Override
  public Optional<Path> found(DataFolders folders) {
    return searched(folders).stream().filter(Files::isRegularFile).findFirst();
  }

  @Override
  public LoadedDataset load(DataFolders folders) throws IOException {
    List<PronouncingDictionary.Entry> entries = PronouncingDictionary.read(require(folders));
    List<String> phonemes =
        entries.stream().flatMap(entry -> entry.phonemes().stream()).distinct().sorted().toList();
    SequencePairs train = part(entries, phonemes, Part.TRAIN);
    SequencePairs validation = part(entries, phonemes, Part.VALIDATION);
    SequencePairs test = part(entries, phonemes, Part.TEST);
    int steps = Math.max(train.steps(), Math.max(validation.steps(), test.steps()));
    DataSplit split =
        new DataSplit(
            train.truncatedTo(steps), validation.truncatedTo(steps), test.truncatedTo(steps));
    return new LoadedDataset(
        name(), split, new Transcription(LETTERS, phonemes, steps, Transcription.USUAL_BEAM));
  }

  private SequencePairs part(
      List<PronouncingDictionary.Entry> entries, List<String> phonemes, Part part)
      throws InvalidDataException {
    List<SequencePairs.Pair> pairs =
        entries.stream()
            .filter(entry -> Part.of(entry.spelling()) == part)
            .map(entry -> pair(entry, phonemes))
            .toList();
    if (pairs.isEmpty()) {
      throw new InvalidDataException(
          "data set " + name(),
          "%d words are too few: none is left for %s"
              .formatted(entries.size(), part.name().toLowerCase(Locale.ROOT)));
    }
    return new SequencePairs(pairs, Transcription.targets(phonemes));
  }

  private static SequencePairs.Pair pair(PronouncingDictionary.Entry entry, List<String> phonemes) {
    return new SequencePairs.Pair(
        entry.spelling().chars().map(letter -> letter - 'a').toArray(),
        entry.phonemes().stream().mapToInt(phonemes::indexOf).toArray());
  }
}
