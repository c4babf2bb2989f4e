package dev.kiln.cuda;

import dev.kiln.backend.Backend;
import dev.kiln.backend.BackendProvider;
import dev.kiln.backend.BackendUnavailableException;
import dev.kiln.backend.ComputeOptions;
import dev.kiln.backend.Finding;
import dev.kiln.backend.Precision;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Opens an NVIDIA GPU: the first choice where there is one. */
public final class CudaProvider implements BackendProvider {

  private static final int PRIORITY = 100;
  private static final int FIRST_WITH_FP16 = 53;
  private static final int AMPERE = 80;

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

  private void requireOfferedBy(CudaDevice device, Precision precision) {
    int least = leastArchitecture(precision);
    if (device.architecture() < least) {
      throw new BackendUnavailableException(
          "%s needs a GPU of compute capability %d.%d, but this is %s; it computes in %s"
              .formatted(
                  precision,
                  least / 10,
                  least % 10,
                  device.description(),
                  precisions().stream()
                      .filter(offered -> device.architecture() >= leastArchitecture(offered))
                      .map(Precision::toString)
                      .collect(Collectors.joining(", "))));
    }
  }

  /** The first architecture that computes with the numbers of a precision. */
  private static int leastArchitecture(Precision precision) {
    return switch (precision) {
      case FLOAT32 -> 0;
      case FP16 -> FIRST_WITH_FP16;
      case TF32, BF16 -> AMPERE;
    };
  }

  @Override
  public List<Precision> precisions() {
    return List.of(Precision.FLOAT32, Precision.TF32, Precision.BF16, Precision.FP16);
  }

  @Override
  public Backend open(int device, ComputeOptions options) {
    options.requireOfferedBy(this);
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
    Requirements.unmetBy(devices.get(device))
        .ifPresent(reason -> {
          throw new BackendUnavailableException("backend 'cuda' is not available: " + reason);
        });
    requireOfferedBy(devices.get(device), options.precision());
    return CudaBackend.open(devices.get(device), options);
  }
}
