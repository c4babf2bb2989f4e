package dev.kiln.cpu.onednn;

import dev.kiln.backend.Backend;
import dev.kiln.backend.BackendProvider;
import dev.kiln.backend.BackendUnavailableException;
import dev.kiln.backend.ComputeOptions;
import java.util.Optional;

/** Opens the oneDNN backend where its native library is on the class path: the best CPU backend. */
public final class OneDnnProvider implements BackendProvider {

  private static final int PRIORITY = 50;

  /** Creates the provider; called by {@link java.util.ServiceLoader}. */
  public OneDnnProvider() {}

  @Override
  public String name() {
    return OneDnnBackend.NAME;
  }

  @Override
  public int priority() {
    return PRIORITY;
  }

  @Override
  public Optional<String> unavailableReason() {
    return NativeLibrary.unavailableReason();
  }

  @Override
  public Backend open(int device, ComputeOptions options) {
    options.requireOfferedBy(this);
    if (device != 0) {
      throw new BackendUnavailableException(
          "the onednn backend has only device 0, but %d was asked for".formatted(device));
    }
    return new OneDnnBackend();
  }
}
