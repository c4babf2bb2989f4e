package dev.kiln.cuda;

import dev.kiln.backend.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks at everything the backend needs, from the driver to the GPU, for {@code kiln doctor}. */
final class CudaExamination {

  private static final String DRIVER_REMEDY =
      """
      Ubuntu: sudo ubuntu-drivers install
      Debian: sudo apt-get install nvidia-driver
      elsewhere: https://www.nvidia.com/drivers; then start the machine again\
      """;

  private static final String NO_GPU_REMEDY =
      """
      train here with --backend onednn; nothing above needs to be installed
      or use a machine with an NVIDIA GPU of the Turing generation (2018) or a newer one\
      """;

  private static final String OLD_GPU_REMEDY =
      """
      compute capability 5.0 and newer: mvn -q -Pcuda-libraries -pl cuda-backend initialize
      in Kiln's folder, once: brings CUDA 12.6 and cuDNN 9.5, which know it
      older: train here with --backend onednn, or use a machine with a newer GPU\
      """;

  private static final String TOOLKIT_REMEDY =
      """
      mvn -q -Pcuda-libraries -pl cuda-backend initialize
      in Kiln's folder, once: brings all of NVIDIA's libraries from Maven Central, 2 GB; or install CUDA 12 and cuDNN 9\
      """;

  private static final String BROKEN_REMEDY =
      """
      replace that file, or remove it so that the search goes on
      KILN_OPTS=-Dkiln.cuda.libraries=FOLDERS names the only folders to look in, separated by colons\
      """;

  private static final String BRIDGE_REMEDY =
      """
      cuda-backend/cuda13-bridge.sh
      in Kiln's folder: hands every call on to the CUDA 13 that is installed
      """
          + TOOLKIT_REMEDY;

  private final List<Finding> findings = new ArrayList<>();

  private CudaExamination() {}

  /** Returns what was found, each with a remedy where it is missing. */
  static List<Finding> run() {
    CudaExamination examination = new CudaExamination();
    examination.examine();
    return List.copyOf(examination.findings);
  }

  private void examine() {
    Optional<String> platform = CudaLibraries.unsupportedPlatform();
    if (platform.isPresent()) {
      findings.add(Finding.missing("platform", platform.get(), ""));
      return;
    }
    boolean driver = examine(CudaLibrary.DRIVER, DRIVER_REMEDY);
    boolean toolkit = true;
    for (CudaLibrary library : CudaLibrary.toolkit()) {
      String newer = library.fileName().replace(".so.12", ".so.13");
      toolkit &=
          examine(
              library,
              library != CudaLibrary.CUDNN && CudaLibraries.isInstalledAs(newer)
                  ? BRIDGE_REMEDY
                  : TOOLKIT_REMEDY);
    }
    if (driver && toolkit) {
      JCudaNatives.loadAll();
      examineVersions();
      examineDevices();
    } else if (PciBus.lacksNvidiaGpu()) {
      findings.add(
          Finding.missing("GPU", "none of NVIDIA's is connected to this machine", NO_GPU_REMEDY));
    } else {
      findings.add(Finding.unknown("GPU", "only what is missing above can tell"));
    }
  }

  private boolean examine(CudaLibrary library, String remedy) {
    Loading loading = CudaLibraries.load(library);
    findings.add(
        switch (loading) {
          case Loading.Done() -> Finding.present(library.fileName(), CudaLibraries.place(library));
          case Loading.NotFound() ->
              Finding.missing(
                  library.fileName(), "not found; it belongs to " + library.title(), remedy);
          case Loading.Broken broken ->
              Finding.missing(library.fileName(), broken.describe(), BROKEN_REMEDY);
        });
    return loading instanceof Loading.Done;
  }

  private void examineVersions() {
    findings.add(
        Requirements.unmetByDriver()
            .map(reason -> Finding.missing("driver", reason, DRIVER_REMEDY))
            .orElseGet(() -> Finding.present("driver", "for CUDA %s".formatted(Driver.version()))));
    findings.add(
        Finding.present(
            "versions", "cuDNN %s, NVRTC %s".formatted(Cudnn.version(), Nvrtc.version())));
  }

  private void examineDevices() {
    try {
      List<CudaDevice> devices = Driver.devices();
      if (devices.isEmpty()) {
        findings.add(Finding.missing("GPU", "the driver knows none", "nvidia-smi"));
      }
      devices.forEach(this::examine);
    } catch (CudaException failed) {
      findings.add(Finding.missing("GPU", String.valueOf(failed.getMessage()), "nvidia-smi"));
    }
  }

  private void examine(CudaDevice device) {
    String subject = "GPU " + device.number();
    findings.add(
        Requirements.unmetBy(device)
            .map(reason -> Finding.missing(subject, reason, OLD_GPU_REMEDY))
            .orElseGet(() -> Finding.present(subject, device.description())));
  }
}
