package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An option that would change nothing, for this model or these data, is refused. */
final class IgnoredOptionsTest {

  private static final int USAGE = 2;

  @TempDir private static Path shared;

  @BeforeAll
  static void train() throws IOException {
    Path dictionary = Files.write(shared.resolve("dictionary"), entries());
    train("cancer", "--data", "breast-cancer", "--model", "perceptron");
    train("series", "--data", "sunspots", "--model", "mlp");
    train("spelling", "--data", "spell-to-sound", "--model", "seq2seq", "--data-dir", dictionary);
  }

  /** Every word of three of the letters a to f, spoken letter by letter. */
  private static List<String> entries() {
    List<String> entries = new ArrayList<>();
    for (char a = 'a'; a <= 'f'; a++) {
      for (char b = 'a'; b <= 'f'; b++) {
        for (char c = 'a'; c <= 'f'; c++) {
          entries.add("(\"%c%c%c\" n (((%cx %cx %cx) 1)))".formatted(a, b, c, a, b, c));
        }
      }
    }
    return entries;
  }

  private static void train(String name, Object... options) {
    List<String> args = new ArrayList<>(List.of("train", "--epochs", "1", "--batch", "64"));
    args.addAll(List.of("--run-dir", shared.resolve(name).toString()));
    Stream.of(options).map(Object::toString).forEach(args::add);
    Cli.Result trained = Cli.run(args.toArray(String[]::new));
    assertThat(trained.exitCode()).as(trained.err()).isZero();
  }

  static Stream<Arguments> ignored() {
    return Stream.of(
        arguments(
            "train --data digits --data-dir /tmp",
            "--data-dir /tmp: data set digits comes with Kiln and is read from no folder"),
        arguments("train --data digits --gaps carry", "the data set digits is no series"),
        arguments("summary --data digits --data-dir /tmp", "data set digits comes with Kiln"),
        arguments("summary --data digits --classes 3", "--classes goes with --input"),
        arguments("summary --input 1,8,8 --data-dir /tmp", "comes from --data-dir or from --input"),
        arguments("evaluate @cancer --data-dir /tmp", "data set breast-cancer comes with Kiln"),
        arguments("evaluate @cancer --beam 2", "--beam: the model predicts"),
        arguments("evaluate @series --threshold 0.5", "the model does not tell classes apart"),
        arguments("evaluate @series --positive 1", "the model does not tell classes apart"),
        arguments(
            "evaluate @cancer/last.safetensors --weights best",
            "is a checkpoint itself; leave out --weights"),
        arguments(
            "predict @spelling abc --unknown mapped",
            "--unknown mapped: this model has nothing that stands for unknown characters, so they"
                + " are always refused"),
        arguments("predict @cancer table.csv --unknown mapped", "--unknown: the model reads no"),
        arguments("predict @series 1,2 --unknown refused", "--unknown: the model reads no text"),
        arguments("predict @spelling --index 0 --unknown refused", "no text; leave it out"),
        arguments("predict @cancer table.csv --part train", "--part: inputs are named"),
        arguments("predict @cancer table.csv --data digits", "--data: inputs are named"),
        arguments("predict @cancer table.csv --data-dir /tmp", "--data-dir: inputs are named"),
        arguments("predict @series --index 0 --top 3", "--top: the model predicts values"),
        arguments("predict @cancer --index 0 --top 3 --json", "--top: with --json all"),
        arguments("compare --models mlp --weights last", "--weights chooses among those of runs"),
        arguments("compare --models mlp --part train", "are compared on the test part"),
        arguments("compare --models mlp --html page.html", "--html is written of runs"),
        arguments("compare @cancer @series --seeds 2", "train models: leave out the runs"),
        arguments("generate @cancer --prompt a", "makes no text"));
  }

  @ParameterizedTest
  @MethodSource("ignored")
  void isRefusedWithASentence(String line, String message) {
    Cli.Result result = Cli.run(line.replace("@", shared + "/").split(" "));

    assertThat(result.err()).contains(message).doesNotContain("\tat ");
    assertThat(result.exitCode()).isEqualTo(USAGE);
    assertThat(result.out()).isEmpty();
  }

  @Test
  void whatAModelDoesAnywayMayBeAskedFor() {
    String run = shared.resolve("spelling").toString();

    assertThat(Cli.run("predict", run, "abc", "--unknown", "refused").exitCode()).isZero();
    assertThat(Cli.run("predict", run, "ab1", "--unknown", "refused").err())
        .contains("has '1', which no word of the training has");
    assertThat(Cli.run("predict", run, "abc", "--top", "2").out()).hasLineCount(3);
  }
}
