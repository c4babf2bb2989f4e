package dev.kiln.cuda;

import java.util.List;
import java.util.Optional;
import jcuda.jcudnn.JCudnn;

/**
 * What NVIDIA's libraries at hand need of the driver and of a GPU. All of them must be loaded.
 *
 * <p>Sources: NVIDIA's "CUDA Compatibility", "Minor Version Compatibility" (CUDA 12 runs on every
 * driver from 525 on, CUDA 13 from 580 on), and its support matrices of cuDNN 9 (compute capability
 * 5.0; from 9.11 on, and for CUDA 13, 7.5).
 */
final class Requirements {

  private static final int CUDA_12 = 12;
  private static final int CUDA_13 = 13;
  private static final int MAXWELL = 50;
  private static final int TURING = 75;

  /** The first version, as cuDNN counts them, that has left out what is older than Turing. */
  private static final long CUDNN_FROM_TURING_ON = 91_100;

  private Requirements() {}

  /** Returns why the libraries cannot run here, in one sentence that says what helps, or empty. */
  static Optional<String> unmet() {
    Optional<String> byDriver = unmetByDriver();
    if (byDriver.isPresent()) {
      return byDriver;
    }
    List<CudaDevice> devices = Driver.devices();
    if (devices.isEmpty()) {
      return Optional.of("the NVIDIA driver knows no GPU");
    }
    return devices.stream().allMatch(device -> unmetBy(device).isPresent())
        ? unmetBy(devices.getFirst())
        : Optional.empty();
  }

  /** Returns why the driver is too old for the libraries, or empty. */
  static Optional<String> unmetByDriver() {
    int generation = Math.max(CUDA_12, Math.max(Nvrtc.majorVersion(), cudaOfCudnn()));
    return Driver.versionNumber() >= generation * 1000
        ? Optional.empty()
        : Optional.of(
            "the NVIDIA driver is for CUDA %s, but NVRTC %s and cuDNN %s need one for CUDA %d.0, which is %s or newer; update the driver"
                .formatted(
                    Driver.version(),
                    Nvrtc.version(),
                    Cudnn.version(),
                    generation,
                    generation >= CUDA_13 ? "580" : "525"));
  }

  /** Returns why a GPU is too old for the libraries, or empty. */
  static Optional<String> unmetBy(CudaDevice device) {
    int least = Math.max(Nvrtc.architectures().getFirst(), leastOfCudnn());
    return device.architecture() >= least
        ? Optional.empty()
        : Optional.of(
            "GPU %d, %s, is too old for NVRTC %s and cuDNN %s, which need compute capability %d.%d; %s"
                .formatted(
                    device.number(),
                    device.description(),
                    Nvrtc.version(),
                    Cudnn.version(),
                    least / 10,
                    least % 10,
                    device.architecture() >= MAXWELL
                        ? "install CUDA 12 and a cuDNN before 9.11"
                        : "use a newer GPU, or train with --backend onednn"));
  }

  private static int leastOfCudnn() {
    return JCudnn.cudnnGetVersion() >= CUDNN_FROM_TURING_ON || cudaOfCudnn() >= CUDA_13
        ? TURING
        : MAXWELL;
  }

  /** The CUDA that the cuDNN at hand was made for: 12 or 13, under the same name. */
  private static int cudaOfCudnn() {
    return (int) (JCudnn.cudnnGetCudartVersion() / 1000);
  }
}
