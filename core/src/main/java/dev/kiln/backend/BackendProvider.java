package dev.kiln.backend;

import java.util.List;
import java.util.Optional;

/** Opens a backend, or says why it cannot. Registered under {@code META-INF/services}. */
public interface BackendProvider {

  /** Returns the backend's name, such as {@code reference}, {@code onednn} or {@code cuda}. */
  String name();

  /** Returns the preference when none is asked for: the highest available one wins. */
  int priority();

  /** Returns in one sentence why this machine cannot run it and what would help, or empty. */
  Optional<String> unavailableReason();

  /**
   * Looks at everything the backend needs, for {@code kiln doctor}. By default it only tells
   * whether the backend is available.
   */
  default List<Finding> examine() {
    return List.of(
        unavailableReason()
            .map(reason -> Finding.missing(name(), reason, ""))
            .orElseGet(() -> Finding.present(name(), "available")));
  }

  /** Returns the precisions it offers, the usual one first; by default no other. */
  default List<Precision> precisions() {
    return List.of(Precision.FLOAT32);
  }

  /**
   * Opens a device.
   *
   * @param device its number, from 0
   * @param options how it computes
   * @throws BackendUnavailableException if there is no such device, or the backend does not offer
   *     the precision
   */
  Backend open(int device, ComputeOptions options);

  /**
   * Opens a device that computes as usual.
   *
   * @param device its number, from 0
   * @throws BackendUnavailableException if there is no such device
   */
  default Backend open(int device) {
    return open(device, ComputeOptions.DEFAULT);
  }
}
