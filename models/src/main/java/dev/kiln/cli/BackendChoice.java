package dev.kiln.cli;

import dev.kiln.backend.Backend;
import dev.kiln.backend.BackendProvider;
import dev.kiln.backend.Backends;
import dev.kiln.backend.ComputeOptions;
import dev.kiln.backend.Precision;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A backend and why it was taken.
 *
 * @param backend the opened backend, which whoever asked for the choice closes
 * @param reason why it and no other
 */
record BackendChoice(Backend backend, String reason) {

  /**
   * Opens the backend asked for, or the preferred one of those this machine can run; it computes as
   * usual.
   *
   * @param name the name, or null for the preferred one
   * @param device the number of the device, from 0
   * @throws UsageException if there is no backend of this name
   * @throws dev.kiln.backend.BackendUnavailableException if this machine cannot run it
   */
  static BackendChoice open(@Nullable String name, int device) {
    return open(name, device, ComputeOptions.DEFAULT);
  }

  /**
   * Opens the backend asked for, or the preferred one of those this machine can run.
   *
   * @param name the name, or null for the preferred one
   * @param device the number of the device, from 0
   * @param options how it computes
   * @throws UsageException if there is no backend of this name, or it does not offer the precision
   * @throws dev.kiln.backend.BackendUnavailableException if this machine cannot run it
   */
  static BackendChoice open(@Nullable String name, int device, ComputeOptions options) {
    List<BackendProvider> providers = Backends.providers();
    if (name != null) {
      List<String> names = providers.stream().map(BackendProvider::name).toList();
      if (!names.contains(name)) {
        throw NamedConstants.unknown("backend", name, names);
      }
      requireOffered(options.precision(), providers.get(names.indexOf(name)), providers);
      return new BackendChoice(Backends.open(name, device, options), "asked for");
    }
    List<BackendProvider> available =
        providers.stream().filter(provider -> provider.unavailableReason().isEmpty()).toList();
    if (available.isEmpty()) {
      return new BackendChoice(Backends.openBest(), ""); // throws with every reason
    }
    BackendProvider best = available.getFirst();
    requireOffered(options.precision(), best, providers);
    return new BackendChoice(best.open(device, options), reason(best, providers, available));
  }

  private static void requireOffered(
      Precision precision, BackendProvider taken, List<BackendProvider> providers) {
    if (!taken.precisions().contains(precision)) {
      throw new UsageException(
          "--precision %s: backend %s offers %s; of the others %s"
              .formatted(
                  precision,
                  taken.name(),
                  joined(taken.precisions()),
                  providers.stream()
                      .filter(other -> !other.equals(taken))
                      .map(other ->
                          "%s offers %s".formatted(other.name(), joined(other.precisions())))
                      .collect(Collectors.joining("; "))));
    }
  }

  private static String joined(List<Precision> precisions) {
    return precisions.stream().map(Precision::toString).collect(Collectors.joining(", "));
  }

  private static String reason(
      BackendProvider best, List<BackendProvider> providers, List<BackendProvider> available) {
    String preferred =
        available.size() == 1
            ? "the only one available here"
            : "preferred to "
                + available.stream()
                    .filter(provider -> !provider.name().equals(best.name()))
                    .map(BackendProvider::name)
                    .collect(Collectors.joining(" and "));
    return providers.stream()
        .takeWhile(provider -> !provider.name().equals(best.name()))
        .map(provider ->
            "; %s cannot run here: %s"
                .formatted(provider.name(), provider.unavailableReason().orElse("")))
        .collect(Collectors.joining("", preferred, ""));
  }
}
