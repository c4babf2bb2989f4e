package dev.kiln.cuda;

import dev.kiln.backend.Backend;
import dev.kiln.backend.BackendProvider;
import dev.kiln.backend.BackendUnavailableException;
import dev.kiln.backend.ComputeOptions;
import dev.kiln.backend.Finding;
import java.util.List;
import java.util.Optional;

/** Opens an NVIDIA GPU: the first choice where there is one. */
public final class CudaProvider implements BackendProvider {

  private static final int PRIORITY = 100;

  /** Creates the provider; called by {@link java.util.ServiceLoader}. */
  public CudaProvider() {}

  @Override
  public String name() {
    return CudaBackend.NAME;
  }

  @Override
  public int priority() {
    return PRIORITY;
  }

  @Override
  public Optional<String> unavailableReason() {
    return CudaLibraries.unavailableReason();
  }

  @Override
  public List<Finding> examine() {
    return CudaExamination.run();
  }

  @Override
  public Backend open(int device, ComputeOptions options) {
    unavailableReason()
        .ifPresent(reason -> {
          throw new BackendUnavailableException("backend 'cuda' is not available: " + reason);
        });
    List<CudaDevice> devices = Driver.devices();
    if (device < 0 || device >= devices.size()) {
      throw new BackendUnavailableException(
          "the cuda backend has the devices 0 to %d, but %d was asked for"
              .formatted(devices.size() - 1, device));
    }
    return new CudaBackend(devices.get(device), options);
  }
}
