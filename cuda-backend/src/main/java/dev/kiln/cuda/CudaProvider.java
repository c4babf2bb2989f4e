package dev.kiln.cuda;

import dev.kiln.backend.Backend;
import dev.kiln.backend.BackendProvider;
import dev.kiln.backend.BackendUnavailableException;
import dev.kiln.backend.ComputeOptions;
import dev.kiln.backend.Finding;
import dev.kiln.backend.Precision;
import java.util.List;
import java.util.Optional;

/** Opens an NVIDIA GPU: the first choice where there is one. */
public final class CudaProvider implements BackendProvider {

  private static final int PRIORITY = 100;
  private static final int AMPERE = 8;

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

  /** GPUs before compute capability 8.0 have tensor cores for FP16 alone. */
  private static void requireOfferedBy(CudaDevice device, Precision precision) {
    boolean needsAmpere = precision == Precision.TF32 || precision == Precision.BF16;
    if (needsAmpere && device.major() < AMPERE) {
      throw new BackendUnavailableException(
          "%s needs a GPU of compute capability 8.0, but this is %s; float32 and fp16 run on it"
              .formatted(precision, device.description()));
    }
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
    requireOfferedBy(devices.get(device), options.precision());
    return new CudaBackend(devices.get(device), options);
  }
}
