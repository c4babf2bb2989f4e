package dev.kiln.cli;

import dev.kiln.backend.Precision;
import dev.kiln.data.Gaps;
import dev.kiln.models.task.UnknownCharacters;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;

/** The {@code kiln} command itself, which only holds the others. */
@Command(
    name = "kiln",
    mixinStandardHelpOptions = true,
    versionProvider = KilnVersion.class,
    description = "Trains neural networks on the JVM.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  kiln train                                        a small CNN on handwritten digits",
      "  kiln train --model lenet --data fashion-mnist     LeNet on images of clothing",
      "  kiln data                                         what data there is, and how to get more",
      "  kiln train --help                                 every option of a command",
      "  kiln bench --help                                 comparison with other frameworks"
    })
final class Kiln {

  /** The exit code of a process that an interrupt ended: 128 and the number of SIGINT. */
  static final int INTERRUPTED = 130;

  private static final int HELP_WIDTH = 100;

  /** Each command by name. A supplier, since only the command that is called should be loaded. */
  private static final Map<String, Supplier<Object>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("train", TrainCommand::new);
    COMMANDS.put("predict", PredictCommand::new);
    COMMANDS.put("generate", GenerateCommand::new);
    COMMANDS.put("evaluate", EvaluateCommand::new);
    COMMANDS.put("compare", CompareCommand::new);
    COMMANDS.put("summary", SummaryCommand::new);
    COMMANDS.put("devices", DevicesCommand::new);
    COMMANDS.put("doctor", DoctorCommand::new);
    COMMANDS.put("check", CheckCommand::new);
    COMMANDS.put("explain", ExplainCommand::new);
    COMMANDS.put("data", DataCommand::new);
  }

  @Option(
      names = "--stacktrace",
      scope = ScopeType.INHERIT,
      description = "Show where in the program an error came from.")
  private boolean stackTrace;

  private Kiln() {}

  /** Returns whether errors should show where they came from. */
  boolean showsStackTrace() {
    return stackTrace;
  }

  /**
   * Returns the command with the subcommand that is called, or with all of them where none is.
   *
   * @param args the command line it will be executed with
   */
  static CommandLine commandLine(String... args) {
    Kiln kiln = new Kiln();
    CommandLine line = new CommandLine(kiln);
    Supplier<Object> called = args.length == 0 ? null : COMMANDS.get(args[0]);
    if (called != null) {
      line.addSubcommand(args[0], called.get());
    } else {
      COMMANDS.forEach((name, command) -> line.addSubcommand(name, command.get()));
      ServiceLoader.load(CommandProvider.class)
          .forEach(provider -> line.addSubcommand(provider.name(), provider.command()));
    }
    Errors errors = new Errors(kiln);
    register(line, ScheduleKind.class, ScheduleKind::named);
    register(line, Augmentation.class, Augmentation::named);
    register(line, WeightsOptions.Weights.class, WeightsOptions.Weights::named);
    register(line, PartOptions.Part.class, PartOptions.Part::named);
    register(
        line,
        UnknownCharacters.class,
        name ->
            NamedConstants.find(
                "treatment of unknown characters", UnknownCharacters.values(), name));
    register(
        line, Precision.class, name -> NamedConstants.find("precision", Precision.values(), name));
    register(
        line, Gaps.class, name -> NamedConstants.find("treatment of gaps", Gaps.values(), name));
    return line.setExecutionExceptionHandler(errors)
        .setParameterExceptionHandler(errors)
        .setUsageHelpWidth(HELP_WIDTH);
  }

  /** Lets an enum be named as everything else is: in small letters, with hyphens. */
  private static <E extends Enum<E>> void register(
      CommandLine line, Class<E> type, Function<String, E> named) {
    line.registerConverter(
        type,
        name -> {
          try {
            return named.apply(name);
          } catch (UsageException unknown) {
            throw new TypeConversionException(unknown.getMessage());
          }
        });
  }
}
