package dev.kiln.cli;

import dev.kiln.backend.BackendFailedException;
import dev.kiln.backend.BackendUnavailableException;
import dev.kiln.backend.OutOfMemoryException;
import dev.kiln.backend.UnsupportedSpecException;
import dev.kiln.data.BatchLoadingException;
import dev.kiln.metrics.UnknownMetricException;
import dev.kiln.models.zoo.UnknownModelException;
import dev.kiln.op.ShapeException;
import dev.kiln.train.NonFiniteLossException;
import dev.kiln.train.NonFiniteParameterException;
import dev.kiln.train.NotRepeatableException;
import dev.kiln.train.PlanTooLargeException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns whatever went wrong into one clear message and an exit code. */
final class Errors implements IExecutionExceptionHandler, IParameterExceptionHandler {

  /**
   * What is told to the user.
   *
   * @param exitCode 1 or 2
   * @param message one sentence, or a few
   */
  private record Report(int exitCode, String message) {}

  private final Kiln kiln;

  Errors(Kiln kiln) {
    this.kiln = kiln;
  }

  /** The command line itself is wrong. */
  @Override
  public int handleParseException(ParameterException error, String[] args) {
    CommandLine command = error.getCommandLine();
    print(command, error, text(error));
    if (error instanceof UnmatchedArgumentException unmatched) {
      UnmatchedArgumentException.printSuggestions(unmatched, command.getErr());
    }
    command
        .getErr()
        .println(
            "'%s --help' shows what there is".formatted(command.getCommandSpec().qualifiedName()));
    return ExitCode.USAGE;
  }

  /** The command failed. */
  @Override
  public int handleExecutionException(
      Exception error, CommandLine command, ParseResult parseResult) {
    Report report = report(error);
    print(command, error, report.message);
    return report.exitCode;
  }

  private void print(CommandLine command, Exception error, String message) {
    PrintWriter err = command.getErr();
    err.println(command.getCommandSpec().qualifiedName() + ": " + message);
    if (kiln.showsStackTrace()) {
      error.printStackTrace(err);
    }
    err.flush();
  }

  private static Report report(Exception error) {
    return switch (error) {
      case UsageException _, UnknownModelException _, UnknownMetricException _ ->
          new Report(ExitCode.USAGE, text(error));
      case UncheckedIOException e when e.getCause() != null -> failure(text(e.getCause()));
      case IOException e -> failure(text(e));
      case PlanTooLargeException e -> failure(text(e) + remedy(e));
      case BatchLoadingException e when e.getCause() != null ->
          failure(text(e) + ": " + e.getCause().getMessage());
      case ShapeException _,
          OutOfMemoryException _,
          NonFiniteLossException _,
          NonFiniteParameterException _,
          NotRepeatableException _,
          TrainingStoppedException _,
          BackendUnavailableException _,
          BackendFailedException _,
          UnsupportedSpecException _,
          BatchLoadingException _ ->
          failure(text(error));
      default ->
          failure(
              "internal error: %s; please report it with the output of --stacktrace"
                  .formatted(error));
    };
  }

  private static Report failure(String message) {
    return new Report(ExitCode.SOFTWARE, message);
  }

  private static String text(Exception error) {
    return error instanceof IOException io ? text(io) : String.valueOf(error.getMessage());
  }

  /** The file system's own exceptions say little more than the file's name. */
  private static String text(IOException error) {
    return switch (error) {
      case NoSuchFileException e -> e.getFile() + ": there is no such file or folder";
      case AccessDeniedException e -> e.getFile() + ": permission denied";
      case FileAlreadyExistsException e -> e.getFile() + " is there already";
      case FileSystemException e when e.getReason() != null -> e.getFile() + ": " + e.getReason();
      default -> String.valueOf(error.getMessage());
    };
  }

  private static String remedy(PlanTooLargeException tooLarge) {
    return tooLarge.largestBatch() == 0
        ? "; take a smaller model, or, on a CPU backend, allow more with --memory"
        : "; set it with --batch";
  }
}
