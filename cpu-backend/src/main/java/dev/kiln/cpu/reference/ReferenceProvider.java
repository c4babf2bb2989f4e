package dev.kiln.cpu.reference;

import dev.kiln.backend.Backend;
import dev.kiln.backend.BackendProvider;
import dev.kiln.backend.BackendUnavailableException;
import dev.kiln.backend.ComputeOptions;
import dev.kiln.backend.Precision;
import java.util.List;
import java.util.Optional;

/** Opens the reference backend, which every machine can run: the last choice. */
public final class ReferenceProvider implements BackendProvider {

  /** Creates the provider; called by {@link java.util.ServiceLoader}. */
  public ReferenceProvider() {}

  @Override
  public String name() {
    return ReferenceBackend.NAME;
  }

  @Override
  public int priority() {
    return 0;
  }

  @Override
  public Optional<String> unavailableReason() {
    return Optional.empty();
  }

  /** Everything that needs no hardware of its own; the definition of what the others compute. */
  @Override
  public List<Precision> precisions() {
    return List.of(Precision.FLOAT32, Precision.BF16, Precision.FP16);
  }

  @Override
  public Backend open(int device, ComputeOptions options) {
    options.requireOfferedBy(this);
    if (device != 0) {
      throw new BackendUnavailableException(
          "the reference backend has only device 0, but %d was asked for".formatted(device));
    }
    return new ReferenceBackend(options.precision());
  }
}
