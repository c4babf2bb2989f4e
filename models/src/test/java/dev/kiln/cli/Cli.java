package dev.kiln.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** Runs the {@code kiln} command in this process and catches what it says. */
final class Cli {

  private Cli() {}

  /**
   * What a command did.
   *
   * @param exitCode its exit code
   * @param out what it wrote to the standard output
   * @param err what it wrote to the standard error output
   */
  record Result(int exitCode, String out, String err) {}

  /** Runs a command line. */
  static Result run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine kiln = Kiln.commandLine(args);
    kiln.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    int exitCode = kiln.execute(args);
    return new Result(exitCode, out.toString(), err.toString());
  }

  /** Trains the smallest model on the smallest data, on the reference backend. */
  static Result train(Object runDir, String... more) {
    return run(tinyTraining(runDir, more));
  }

  /** The command line of {@link #train}. */
  static String[] tinyTraining(Object runDir, String... more) {
    List<String> args =
        new ArrayList<>(List.of("train", "--model", "perceptron", "--data", "breast-cancer"));
    args.addAll(List.of("--backend", "reference", "--epochs", "2", "--batch", "64"));
    args.addAll(List.of("--run-dir", runDir.toString()));
    // An option given again replaces the one above.
    for (int i = 0; i < more.length; i += 2) {
      int before = args.indexOf(more[i]);
      if (before >= 0) {
        args.set(before + 1, more[i + 1]);
      } else {
        args.addAll(List.of(more[i], more[i + 1]));
      }
    }
    return args.toArray(String[]::new);
  }
}
