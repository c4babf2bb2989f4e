package dev.kiln.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kiln.profile.Profile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kiln train}: trains a model on a data set, or goes on with a training. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    versionProvider = KilnVersion.class,
    sortOptions = false,
    description = {
      "Trains a model on a data set. Without options: a small CNN on handwritten digits, on the"
          + " best backend.",
      "A run leaves a folder with its configuration, its history and its best and last checkpoint."
    },
    footer = {
      "",
      "Examples:",
      "  kiln train",
      "  kiln train --model lenet --data fashion-mnist --epochs 3",
      "  kiln train --data csv --data-dir table.csv --model mlp --optimizer adamw --patience 5",
      "  kiln train --schedule cosine --warm-up 100 --lr 0.003 --clip-norm 1",
      "  kiln train --metrics accuracy,f1_macro --monitor f1_macro --patience 5",
      "  kiln train --backend cuda --precision bf16         products on the tensor cores",
      "  kiln train --tensorboard tb                        for 'tensorboard --logdir tb'",
      "  kiln train --profile --epochs 2                    also shows where the time goes",
      "  kiln train --deterministic --seed 7                the same bits every time, proved first",
      "  kiln train --config settings.json --epochs 20      the command line wins over the file",
      "  kiln train --resume runs/RUN --epochs 40           goes on where RUN stands",
      "",
      "A configuration file is a JSON object whose keys are the options without dashes:",
      "  {\"model\": \"lenet\", \"data\": \"fashion-mnist\", \"epochs\": 3, \"clip-norm\": 1.0}"
    })
final class TrainCommand implements Callable<Integer> {

  @Mixin TrainOptions options = new TrainOptions(); // read by their names, see ConfigLayers

  @Option(names = "--config", paramLabel = "FILE", description = "Read options from a JSON file.")
  private @Nullable Path config;

  @Option(
      names = "--run-dir",
      paramLabel = "FOLDER",
      description = "Where the run is kept. Default: runs/MODEL-DATA-TIME.")
  private @Nullable Path runDir;

  @Option(
      names = "--resume",
      paramLabel = "RUN",
      description = "Go on with the run in this folder, with its configuration.")
  private @Nullable Path resume;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "Time between checkpoints within an epoch. Default: 10.")
  private double checkpointEvery;

  @Option(
      names = "--profile",
      description = {
        "Take the time of every node of a training step, print it as a table and keep it in the"
            + " run's folder. Nodes run one at a time then, which is a little slower."
      })
  private boolean profile;

  @Option(
      names = "--tensorboard",
      paramLabel = "FOLDER",
      description =
          "Also write event files for TensorBoard, which shows them by 'tensorboard --logdir"
              + " FOLDER'.")
  private @Nullable Path tensorBoard;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (!(checkpointEvery >= 0 && checkpointEvery <= Duration.ofDays(1).toSeconds())) {
      throw new UsageException(
          "--checkpoint-every must be from 0 to 86400 seconds, not " + checkpointEvery);
    }
    ObjectNode given = ConfigLayers.given(spec.commandLine().getParseResult());
    if (resume != null) {
      return training(resumed(resume, given), new RunFolder(resume)).resume();
    }
    ObjectNode file =
        config == null ? ConfigLayers.JSON.createObjectNode() : ConfigLayers.read(config);
    RunConfig settings = ConfigLayers.resolve(file, given);
    RunFolder folder =
        runDir == null ? RunFolder.named(settings.model(), settings.data()) : new RunFolder(runDir);
    return training(settings, folder.requireFree()).start();
  }

  private TrainingRun training(RunConfig settings, RunFolder folder) {
    return new TrainingRun(
        settings,
        folder,
        TrainingScreen.on(spec.commandLine()),
        new TrainingRun.Recording(
            Duration.ofMillis((long) (1000 * checkpointEvery)),
            profile ? new Profile() : null,
            tensorBoard));
  }

  private RunConfig resumed(Path run, ObjectNode given) throws IOException {
    if (config != null || runDir != null) {
      throw new UsageException(
          "--resume reads its configuration from the run's folder and writes there: leave out %s"
              .formatted(config != null ? "--config" : "--run-dir"));
    }
    return ConfigLayers.resume(new RunFolder(run).require().readConfig(), given);
  }
}
