package dev.kiln.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kiln.backend.Backend;
import dev.kiln.backend.ComputeOptions;
import dev.kiln.backend.Precision;
import dev.kiln.data.Normalize;
import dev.kiln.exec.Plan;
import dev.kiln.models.task.Classification;
import dev.kiln.nn.Network;
import dev.kiln.nn.Summary;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.train.Learner;
import dev.kiln.train.Optimizer;
import dev.kiln.train.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kiln summary}: what a network is made of, and what training it takes. */
@Command(
    name = "summary",
    mixinStandardHelpOptions = true,
    versionProvider = KilnVersion.class,
    sortOptions = false,
    description =
        "Shows layers, shapes and parameters of a model, and the exact memory a training step"
            + " takes.",
    footer = {
      "",
      "Examples:",
      "  kiln summary --model lenet --data fashion-mnist --batch 256",
      "  kiln summary --model resnet18 --input 3,32,32 --classes 10    without the data",
      "  kiln summary --model digits-cnn --plan                        every step of the plan"
    })
final class SummaryCommand implements Callable<Integer> {

  private static final int USUAL_CLASSES = 10;

  // Options that are keys of a configuration are read by their names, see ConfigLayers.

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "The network. Default: the usual one for the data.")
  @Nullable String model;

  @Option(
      names = "--data",
      paramLabel = "NAME",
      description = "The data set whose samples it takes. Default: the usual one for the model.")
  @Nullable String data;

  @Option(
      names = "--data-dir",
      paramLabel = "PATH",
      description = "The folder, or for csv the file, that holds the data.")
  @Nullable String dataDir;

  @Option(
      names = "--input",
      paramLabel = "SIZES",
      split = ",",
      description = "The shape of a sample, such as 1,28,28, instead of a data set.")
  private @Nullable List<Integer> input;

  @Option(
      names = "--classes",
      paramLabel = "N",
      description = "The number of classes, with --input. Default: 10.")
  private @Nullable Integer classes;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Samples of a batch. Default: as for training.")
  @Nullable Integer batch;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      description = "The optimizer, which keeps numbers too. Default: adam.")
  @Nullable String optimizer;

  @Option(
      names = "--precision",
      paramLabel = "NAME",
      description = "${COMPLETION-CANDIDATES}, as for training. Default: float32.")
  @Nullable Precision precision;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "What would compute. Default: the preferred one of those available.")
  @Nullable String backend;

  @Option(
      names = "--device",
      paramLabel = "N",
      description = "Which of the backend's devices. Default: 0.")
  @Nullable Integer device;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description =
          "The most memory a CPU backend may hold, such as 512m or 4g; a GPU's is not limited.")
  @Nullable String memory;

  @Option(
      names = "--plan",
      description = "Show what runs every node of a training step, and where its result lies.")
  private boolean plan;

  @Option(names = "--json", description = "Print JSON, for programs.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    ObjectNode given = ConfigLayers.given(spec.commandLine().getParseResult());
    RunConfig config = ConfigLayers.resolve(ConfigLayers.JSON.createObjectNode(), given);
    TrainerSettings.checkNames(config);
    MemoryLimit.set(config.memory());
    if (input == null && classes != null) {
      throw new UsageException(
          "--classes goes with --input; the data set %s says how many classes it has"
              .formatted(config.data()));
    }
    ModelDescription description =
        input == null
            ? ModelDescription.of(config.model(), DataFiles.load(config.data(), config.dataDir()))
            : withoutData(config.model(), input);
    Network network = Network.of(description.build(), DType.F32, description.batch(config.batch()));
    ComputeOptions options = ComputeOptions.DEFAULT.with(config.precision());
    try (Backend opened = BackendChoice.open(config.backend(), config.device(), options).backend();
        Learner learner =
            new Learner(
                opened,
                network,
                description.task().sample(),
                Settings.of(Optimizer.byName(config.optimizer(), config.lr())))) {
      print(config, description, network, learner.trainingPlan(config.batch()), opened.name());
    }
    return ExitCode.OK;
  }

  private ModelDescription withoutData(String name, List<Integer> sizes) {
    if (data != null || dataDir != null) {
      throw new UsageException(
          "the sample's shape comes from %s or from --input, not both"
              .formatted(data != null ? "--data" : "--data-dir"));
    }
    int count = classes == null ? USUAL_CLASSES : classes;
    if (count < 1 || sizes.stream().anyMatch(size -> size < 1)) {
      throw new UsageException(
          "--classes and the sizes of --input must be at least 1, but are %d and %s"
              .formatted(count, sizes));
    }
    List<String> names = IntStream.range(0, count).mapToObj(String::valueOf).toList();
    Normalize identity = new Normalize(List.of(0f), List.of(1f));
    return new ModelDescription(
        name,
        "samples of shape " + new Shape(sizes),
        new Classification(sizes, names, identity, 1));
  }

  private void print(
      RunConfig config,
      ModelDescription description,
      Network network,
      Plan training,
      String backendName)
      throws IOException {
    Summary summary = Summary.of(network);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Json.print(out, toMap(config, description, summary, training, backendName));
      return;
    }
    out.println("%s on %s%n".formatted(config.model(), description.data()));
    out.println(summary.render());
    out.println(
        "A training step of %,d samples with %s on %s takes exactly %,d bytes:"
            .formatted(config.batch(), config.optimizer(), backendName, training.totalBytes()));
    out.println("  %,15d  the arena, for everything in between".formatted(training.arenaBytes()));
    out.println("  %,15d  the batch and what else is fed in".formatted(training.inputBytes()));
    out.println(
        "  %,15d  parameters, running statistics and the optimizer's state"
            .formatted(training.variableBytes()));
    if (plan) {
      out.println();
      out.print(training.describe());
    }
    out.flush();
  }

  private Map<String, Object> toMap(
      RunConfig config,
      ModelDescription description,
      Summary summary,
      Plan training,
      String backendName) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("model", config.model());
    values.put("data", description.data());
    values.put(
        "layers",
        summary.rows().stream()
            .map(row ->
                Map.of(
                    "name", row.name(),
                    "kind", row.kind(),
                    "input", row.input().dims(),
                    "output", row.output().dims(),
                    "parameters", row.parameters()))
            .toList());
    values.put("parameters", summary.parameters());
    values.put("statistics", summary.statistics());
    values.put("batch", config.batch());
    values.put("optimizer", config.optimizer());
    values.put("backend", backendName);
    values.put("total-bytes", training.totalBytes());
    values.put("arena-bytes", training.arenaBytes());
    values.put("input-bytes", training.inputBytes());
    values.put("variable-bytes", training.variableBytes());
    return values;
  }
}
