package dev.kiln.cuda;

import java.util.Comparator;
import java.util.List;

/**
 * What NVRTC compiles kernels to for a GPU.
 *
 * @param form machine code, or PTX
 * @param architecture the compute capability compiled for, 75 for 7.5
 */
record CompilerTarget(Form form, int architecture) {

  /** What comes out of the compiler. */
  enum Form {
    /** Code for one architecture. */
    MACHINE_CODE("sm_", "cubin"),
    /** Code that the driver compiles for its GPU when it is loaded. */
    PTX("compute_", "ptx");

    private final String prefix;
    private final String fileEnding;

    Form(String prefix, String fileEnding) {
      this.prefix = prefix;
      this.fileEnding = fileEnding;
    }

    /** Returns how files with such code end, without the dot. */
    String fileEnding() {
      return fileEnding;
    }
  }

  /**
   * Chooses the target for a GPU: its own machine code where the compiler knows it. A GPU that is
   * newer than the compiler gets the PTX of the newest architecture before it, since every later
   * GPU runs that (CUDA C++ Programming Guide, "PTX Compatibility").
   *
   * @param known the architectures that the compiler knows
   * @throws CudaException if it knows only newer ones
   */
  static CompilerTarget of(CudaDevice device, List<Integer> known) {
    if (known.contains(device.architecture())) {
      return new CompilerTarget(Form.MACHINE_CODE, device.architecture());
    }
    return known.stream()
        .filter(architecture -> architecture < device.architecture())
        .max(Comparator.naturalOrder())
        .map(newest -> new CompilerTarget(Form.PTX, newest))
        .orElseThrow(() ->
            new CudaException(
                "NVRTC %s compiles for the architectures %s, but not for %s"
                    .formatted(Nvrtc.version(), known, device.description())));
  }

  /** Returns what NVRTC calls it, such as {@code sm_90} or {@code compute_90}. */
  String option() {
    return form.prefix + architecture;
  }

  @Override
  public String toString() {
    return option();
  }
}
