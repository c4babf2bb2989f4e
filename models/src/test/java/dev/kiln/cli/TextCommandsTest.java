package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A character model and a model of words from training to use, and with bad input. */
class TextCommandsTest {

  private static final int FAILURE = 1;
  private static final int USAGE = 2;

  @TempDir private static Path temp;

  private static Path text;
  private static Path textRun;
  private static Path wordRun;
  private static Cli.Result textTraining;
  private static Cli.Result wordTraining;

  @BeforeAll
  static void train() throws IOException {
    text = temp.resolve("text.txt");
    Files.writeString(text, "the cat sat on the mat. a rat ran at the cat. ".repeat(60));
    textRun = temp.resolve("text-run");
    textTraining = train(textRun, "char-lm", "text", text, "8", "3");
    Path lists = Files.createDirectory(temp.resolve("dict"));
    writeLists(lists);
    wordRun = temp.resolve("word-run");
    wordTraining = train(wordRun, "language-id", "words", lists, "16", "2");
  }

  private static Cli.Result train(
      Path run, String model, String data, Path where, String batch, String epochs) {
    return Cli.run(
        "train",
        "--model",
        model,
        "--data",
        data,
        "--data-dir",
        where.toString(),
        "--batch",
        batch,
        "--epochs",
        epochs,
        "--lr",
        "0.005",
        "--run-dir",
        run.toString());
  }

  /** The words of a language are made of two letters of its own. */
  private static void writeLists(Path folder) throws IOException {
    String[] files =
        "american-english french ngerman spanish italian dutch swedish polish".split(" ");
    for (int language = 0; language < files.length; language++) {
      String one = Character.toString('a' + 2 * language);
      String other = Character.toString('b' + 2 * language);
      List<String> words = new ArrayList<>();
      for (int i = 2; words.size() < 100; i++) {
        words.add(Integer.toBinaryString(i).replace("0", one).replace("1", other));
      }
      Files.write(folder.resolve(files[language]), words);
    }
  }

  @Test
  void trainingShowsWhatIsReadAndWhatMustBeBeaten() {
    assertThat(textTraining.err()).isEmpty();
    assertThat(textTraining.out())
        .contains("each 64 characters of a text, of 12 different ones")
        .contains("bits_per_character", "perplexity")
        .contains("to be beaten: character trigrams: ");
    assertThat(wordTraining.err()).isEmpty();
    assertThat(wordTraining.out())
        .contains("a word of up to 24 of 16 letters in one of 8 classes")
        .contains("to be beaten: letter frequencies: accuracy ");
  }

  @Test
  void theSameSeedWritesTheSameText() {
    Cli.Result first = generate("--prompt", "the ", "--length", "40", "--seed", "3");
    assertThat(first.exitCode()).isZero();
    assertThat(first.out()).startsWith("the ").hasSize(4 + 40 + System.lineSeparator().length());
    assertThat(generate("--prompt", "the ", "--length", "40", "--seed", "3").out())
        .isEqualTo(first.out());
    assertThat(generate("--prompt", "the ", "--length", "40", "--seed", "4").out())
        .isNotEqualTo(first.out());
  }

  @Test
  void withoutTemperatureOrWithOneToChooseFromTheSeedDoesNotMatter() {
    Cli.Result first = generate("--prompt", "a", "--length", "30", "--temperature", "0");
    assertThat(generate("--prompt", "a", "--length", "30", "--top-k", "1", "--seed", "9").out())
        .isEqualTo(first.out());
  }

  @Test
  void aCharacterThatIsNotKnownIsReadAsUnknownAndSaidOrRefused() {
    Cli.Result mapped = generate("--prompt", "a\u00df", "--length", "5");
    assertThat(mapped.exitCode()).isZero();
    assertThat(mapped.out()).startsWith("a\u00df");
    assertThat(mapped.err()).contains("'a\u00df': \u00df read as unknown");
    Cli.Result refused = generate("--prompt", "a\u00df", "--unknown", "refused");
    assertThat(refused.exitCode()).isEqualTo(USAGE);
    assertThat(refused.out()).isEmpty();
    assertThat(refused.err()).contains("has characters the network was not trained on: \u00df");
    Cli.Result word = Cli.run("predict", wordRun.toString(), "abz", "--unknown", "refused");
    assertThat(word.exitCode()).isEqualTo(USAGE);
    assertThat(Cli.run("predict", wordRun.toString(), "abz").err())
        .contains("kiln predict: 'abz': z read as unknown");
  }

  @Test
  void settingsThatMakeNoSenseAreRefused() {
    assertThat(generate("--prompt", "").err()).contains("the text is empty");
    assertThat(generate("--prompt", "a", "--length", "0").err())
        .contains("--length must be at least 1, not 0");
    assertThat(generate("--prompt", "a", "--temperature", "-1").err())
        .contains("the temperature must be above 0, not -1.0");
    assertThat(generate("--prompt", "a", "--top-k", "0").err()).contains("top-k must leave");
    assertThat(Cli.run("generate", wordRun.toString(), "--prompt", "a").err())
        .contains("language-id on words makes no text");
  }

  @Test
  void aWordIsShownWithTheProbabilityOfEveryLanguage() {
    Cli.Result result = Cli.run("predict", wordRun.toString(), "cdcc", "Opp");
    assertThat(result.exitCode()).isZero();
    assertThat(result.out().lines().toList())
        .hasSize(18)
        .contains("cdcc: French", "Opp: Polish")
        .anyMatch(line -> line.matches("  [01]\\.\\d{4}  Swedish"));
    assertThat(Cli.run("predict", wordRun.toString(), "cdcc", "--json").out())
        .contains("\"class\" : \"French\"");
  }

  @Test
  void aWordThatIsEmptyOrTooLongIsRefused() {
    Cli.Result empty = Cli.run("predict", wordRun.toString(), " ");
    assertThat(empty.exitCode()).isEqualTo(USAGE);
    assertThat(empty.err()).contains("' ' is empty: a word has at least one letter");
    assertThat(Cli.run("predict", wordRun.toString(), "a".repeat(25)).err())
        .contains("has 25 letters, but the model takes words of at most 24");
  }

  @Test
  void whatFollowsATextIsPredicted() {
    assertThat(Cli.run("predict", textRun.toString(), "the ca", "--top", "2").out())
        .startsWith("the ca: t")
        .hasLineCount(3);
  }

  @Test
  void evaluationShowsTheBaselineBeside() {
    Cli.Result result =
        Cli.run("evaluate", textRun.toString(), "--data-dir", text.toString(), "--json");
    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).contains("\"baselines\"", "\"character trigrams\"");
  }

  @Test
  void aTextOfOtherCharactersIsRefused() throws IOException {
    Path other = Files.writeString(temp.resolve("other.txt"), "xyz ".repeat(500));
    Cli.Result result = Cli.run("evaluate", textRun.toString(), "--data-dir", other.toString());
    assertThat(result.exitCode()).isEqualTo(USAGE);
    assertThat(result.err()).contains("this text of text has others");
  }

  @Test
  void modelsOfWordsTextsAndImagesAreNotMixedUp() {
    assertThat(train(temp.resolve("x"), "lenet", "text", text, "8", "1").err())
        .contains("model lenet takes images [C, H, W], but the samples are windows of a text");
    assertThat(Cli.run("train", "--model", "char-lm", "--data", "digits").err())
        .contains("model char-lm takes windows of a text, but the samples have the shape");
  }

  @Test
  void aTextShorterThanTheWindowIsRefused() throws IOException {
    Path tiny = Files.writeString(temp.resolve("tiny.txt"), "a cat. ".repeat(20));
    Cli.Result result = train(temp.resolve("y"), "char-lm", "text", tiny, "8", "1");
    assertThat(result.exitCode()).isEqualTo(FAILURE);
    assertThat(result.err()).contains("a text of 7 characters is too short: a window of 64");
  }

  private static Cli.Result generate(String... options) {
    List<String> args = new ArrayList<>(List.of("generate", textRun.toString()));
    args.addAll(List.of(options));
    return Cli.run(args.toArray(String[]::new));
  }
}
