package dev.kiln.cli;

import dev.kiln.backend.Backend;
import dev.kiln.models.explain.Explanation;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kiln explain}: small networks worked through step by step. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    versionProvider = KilnVersion.class,
    sortOptions = false,
    description = "Works through a small example step by step; every number is computed by Kiln.",
    footer = {
      "",
      "Examples:",
      "  kiln explain mlp             a multi-layer perceptron: forward, backward, one update",
      "  kiln explain convolution     a convolution: stride, padding, pooling",
      "  kiln explain rnn             a recurrent network: four letters, backpropagation through"
          + " time",
      "  kiln explain gru             one step of a gated recurrent unit",
      "  kiln explain lstm            one step of a long short-term memory"
    })
final class ExplainCommand implements Callable<Integer> {

  @Parameters(
      index = "0",
      paramLabel = "EXAMPLE",
      description = "mlp, convolution, rnn, gru or lstm.")
  private String example;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "reference",
      description = "What computes; it must know double precision. Default: reference.")
  private String backend;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if (!Explanation.names().contains(example)) {
      throw NamedConstants.unknown("example", example, Explanation.names());
    }
    try (Backend opened = BackendChoice.open(backend, 0).backend()) {
      PrintWriter out = spec.commandLine().getOut();
      out.print(Explanation.of(example, opened).render());
      out.flush();
    }
    return ExitCode.OK;
  }
}
