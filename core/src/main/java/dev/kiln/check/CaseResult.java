package dev.kiln.check;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How one case came out.
 *
 * @param operation what it is about: the operation, with the name of an optimizer, a schedule or a
 *     kind of metrics behind it
 * @param name the case's name, such as {@code conv2d.3}
 * @param outcome whether it passed
 * @param deviations the worst element of every tensor that was compared
 * @param message why it failed or was skipped; empty if it passed
 */
public record CaseResult(
    String operation, String name, Outcome outcome, List<Deviation> deviations, String message) {

  /** Whether a case passed. */
  public enum Outcome {
    /** Every result was within the tolerance. */
    PASSED,
    /** Some result was not, or could not be computed. */
    FAILED,
    /** This build does not know what the case is about. */
    SKIPPED
  }

  /** Copies the deviations. */
  public CaseResult {
    deviations = List.copyOf(deviations);
  }

  /** Returns a case that was compared: it passes if every deviation is allowed. */
  static CaseResult compared(String operation, String name, List<Deviation> deviations) {
    List<String> failures =
        deviations.stream()
            .filter(deviation -> !deviation.passes())
            .map(Deviation::toString)
            .toList();
    return new CaseResult(
        operation,
        name,
        failures.isEmpty() ? Outcome.PASSED : Outcome.FAILED,
        deviations,
        String.join("; ", failures));
  }

  /** Returns a case that could not be computed. */
  static CaseResult failed(String operation, String name, String message) {
    return new CaseResult(operation, name, Outcome.FAILED, List.of(), message);
  }

  /** Returns a case that the build does not know. */
  static CaseResult skipped(String operation, String name, String message) {
    return new CaseResult(operation, name, Outcome.SKIPPED, List.of(), message);
  }

  /** Returns the deviation that uses up most of its tolerance, if anything was compared. */
  public Optional<Deviation> worst() {
    return deviations.stream().max(Comparator.comparingDouble(Deviation::ratio));
  }
}
