package dev.kiln.cli;

import dev.kiln.backend.Backend;
import dev.kiln.decode.Continuation;
import dev.kiln.decode.RecurrentTokenModel;
import dev.kiln.decode.Sampling;
import dev.kiln.decode.TokenChoice;
import dev.kiln.models.task.LanguageModelling;
import dev.kiln.models.task.UnknownCharacters;
import dev.kiln.models.zoo.Zoo;
import dev.kiln.train.Learner;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kiln generate}: text that a trained model goes on with. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    versionProvider = KilnVersion.class,
    sortOptions = false,
    description = {
      "Writes text with a character model, character by character, each drawn by the model's own"
          + " probabilities.",
      "The same seed writes the same text."
    },
    footer = {
      "",
      "Examples:",
      "  kiln generate runs/RUN --prompt \"In the beginning\"",
      "  kiln generate runs/RUN --prompt A --length 1000 --temperature 0.7 --top-k 20 --seed 7",
      "  kiln generate runs/RUN --prompt A --temperature 0        always the most probable one"
    })
final class GenerateCommand implements Callable<Integer> {

  @Mixin private RunOptions run;

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      required = true,
      description = "How the text begins: one character or more.")
  private String prompt;

  @Option(
      names = "--length",
      paramLabel = "N",
      defaultValue = "500",
      description = "How many characters follow. Default: 500.")
  private int length;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "0.8",
      description =
          "Below 1 the text is more usual, above 1 more surprising; 0 takes the most probable"
              + " character every time. Default: 0.8.")
  private double temperature;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      description = "Draw among the K most probable characters. Default: all.")
  private @Nullable Integer topK;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Decides what is drawn. Default: 1.")
  private long seed;

  @Option(
      names = "--unknown",
      paramLabel = "WHAT",
      description =
          "Characters of the prompt that the model was not trained on are mapped or refused."
              + " Default: mapped, to the one that stands for all unknown ones.")
  private UnknownCharacters unknown = UnknownCharacters.MAPPED;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (length < 1) {
      throw new UsageException("--length must be at least 1, not " + length);
    }
    TokenChoice choice = choice();
    try (Backend backend = run.openBackend().backend();
        TrainedModel model = TrainedModel.open(run.checkpoint(), backend)) {
      if (!(model.description().task() instanceof LanguageModelling task)) {
        throw new UsageException(
            "%s on %s makes no text; a model for texts does: kiln train --model char-lm"
                .formatted(model.description().model(), model.description().data()));
      }
      generate(model, task, choice);
    }
    return ExitCode.OK;
  }

  private TokenChoice choice() {
    if (temperature == 0) {
      return TokenChoice.greedy();
    }
    try {
      return new Sampling(temperature, topK == null ? Integer.MAX_VALUE : topK, seed);
    } catch (IllegalArgumentException wrong) {
      throw new UsageException(String.valueOf(wrong.getMessage()), wrong);
    }
  }

  private void generate(TrainedModel model, LanguageModelling task, TokenChoice choice) {
    int[] beginning;
    try {
      beginning = task.beginning(prompt);
      unknown.check(prompt, task.vocabulary()).ifPresent(this::tell);
    } catch (IllegalArgumentException unfit) {
      throw new UsageException(String.valueOf(unfit.getMessage()), unfit);
    }
    Learner learner = model.learner();
    PrintWriter out = spec.commandLine().getOut();
    out.print(prompt);
    try (RecurrentTokenModel characters =
        new RecurrentTokenModel(
            learner.backend(),
            learner.network(),
            learner.variables(),
            task.network(Zoo.find(model.description().model())).step(),
            1)) {
      Continuation<RecurrentTokenModel.State> text =
          new Continuation<>(characters, characters.zeros(), beginning, choice);
      for (int i = 0; i < length; i++) {
        out.print(task.vocabulary().decode(text.nextInt()));
        out.flush();
      }
    }
    out.println();
    out.flush();
  }

  private void tell(String note) {
    spec.commandLine().getErr().println("kiln generate: " + note);
  }
}
