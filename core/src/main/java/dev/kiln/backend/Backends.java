package dev.kiln.backend;

import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The backends on the class path. */
public final class Backends {

  private Backends() {}

  /** Returns every provider, the preferred one first. */
  public static List<BackendProvider> providers() {
    return ServiceLoader.load(BackendProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparingInt(BackendProvider::priority).reversed())
        .toList();
  }

  /**
   * Opens the first device of the preferred backend that this machine can run.
   *
   * @throws BackendUnavailableException if there is none; the message gives every reason
   */
  public static Backend openBest() {
    List<BackendProvider> providers = providers();
    for (BackendProvider provider : providers) {
      if (provider.unavailableReason().isEmpty()) {
        return provider.open(0);
      }
    }
    throw new BackendUnavailableException(
        providers.isEmpty()
            ? "no backend is on the class path: add kiln-cpu-backend"
            : providers.stream()
                .map(provider -> provider.name() + ": " + provider.unavailableReason().orElse(""))
                .collect(Collectors.joining("; ", "no backend is available: ", "")));
  }

  /**
   * Opens the first device of the named backend, and never another one.
   *
   * @param name such as {@code onednn}
   * @throws BackendUnavailableException if there is no such backend or this machine cannot run it
   */
  public static Backend open(String name) {
    return open(name, 0);
  }

  /**
   * Opens a device of the named backend, and never another one; it computes as usual.
   *
   * @throws BackendUnavailableException if there is no such backend or this machine cannot run it
   */
  public static Backend open(String name, int device) {
    return open(name, device, ComputeOptions.DEFAULT);
  }

  /**
   * Opens a device of the named backend, and never another one.
   *
   * @param device its number, from 0
   * @param options how it computes
   * @throws BackendUnavailableException if there is no such backend or this machine cannot run it
   */
  public static Backend open(String name, int device, ComputeOptions options) {
    List<BackendProvider> providers = providers();
    BackendProvider provider =
        providers.stream()
            .filter(candidate -> candidate.name().equals(name))
            .findFirst()
            .orElseThrow(() ->
                new BackendUnavailableException(
                    "there is no backend '%s'; on the class path are %s"
                        .formatted(name, providers.stream().map(BackendProvider::name).toList())));
    provider
        .unavailableReason()
        .ifPresent(reason -> {
          throw new BackendUnavailableException(
              "backend '%s' is not available: %s".formatted(name, reason));
        });
    return provider.open(device, options);
  }
}
