package dev.kiln.cuda;

import dev.kiln.backend.OutOfMemoryException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;
import jcuda.nvrtc.nvrtcResult;

/** NVRTC: compiles CUDA C++ for a GPU, also where there is none. */
final class Nvrtc {

  private Nvrtc() {}

  private static void check(String call, int status) {
    if (status == nvrtcResult.NVRTC_ERROR_OUT_OF_MEMORY) {
      throw OutOfMemoryException.untold(call + " on the host", PinnedMemory.availableBytes());
    }
    if (status != nvrtcResult.NVRTC_SUCCESS) {
      throw CudaException.of(call, status, JNvrtc.nvrtcGetErrorString(status));
    }
  }

  /** Returns the compiler's version, such as {@code 12.6}. */
  static String version() {
    int[] major = new int[1];
    int[] minor = new int[1];
    check("nvrtcVersion", JNvrtc.nvrtcVersion(major, minor));
    return major[0] + "." + minor[0];
  }

  /** Returns the first part of the compiler's version, such as 12. */
  static int majorVersion() {
    int[] major = new int[1];
    check("nvrtcVersion", JNvrtc.nvrtcVersion(major, new int[1]));
    return major[0];
  }

  /** Returns the architectures that the compiler knows, in ascending order: 75 is one. */
  static List<Integer> architectures() {
    int[] count = new int[1];
    check("nvrtcGetNumSupportedArchs", JNvrtc.nvrtcGetNumSupportedArchs(count));
    int[] architectures = new int[count[0]];
    check("nvrtcGetSupportedArchs", JNvrtc.nvrtcGetSupportedArchs(architectures));
    return Arrays.stream(architectures).sorted().boxed().toList();
  }

  /**
   * Compiles a source.
   *
   * @param target what to
   * @return the image to load
   * @throws CudaException if it does not compile; the message holds the compiler's
   */
  static byte[] compile(KernelSource source, CompilerTarget target) {
    nvrtcProgram program = new nvrtcProgram();
    check(
        "nvrtcCreateProgram",
        JNvrtc.nvrtcCreateProgram(program, source.text(), source.file() + ".cu", 0, null, null));
    try {
      List<String> options = new ArrayList<>(source.options());
      options.add("--gpu-architecture=" + target.option());
      int status =
          JNvrtc.nvrtcCompileProgram(program, options.size(), options.toArray(String[]::new));
      if (status != nvrtcResult.NVRTC_SUCCESS) {
        throw CudaException.of(
            "nvrtcCompileProgram %s.cu for %s".formatted(source.file(), target),
            status,
            JNvrtc.nvrtcGetErrorString(status) + "\n" + log(program));
      }
      return switch (target.form()) {
        case MACHINE_CODE -> machineCode(program);
        case PTX -> ptx(program);
      };
    } finally {
      check("nvrtcDestroyProgram", JNvrtc.nvrtcDestroyProgram(program));
    }
  }

  private static byte[] machineCode(nvrtcProgram program) {
    long[] size = new long[1];
    check("nvrtcGetCUBINSize", JNvrtc.nvrtcGetCUBINSize(program, size));
    byte[] image = new byte[Math.toIntExact(size[0])];
    check("nvrtcGetCUBIN", JNvrtc.nvrtcGetCUBIN(program, image));
    return image;
  }

  /** The driver takes it for text that ends with a zero. */
  private static byte[] ptx(nvrtcProgram program) {
    String[] text = new String[1];
    check("nvrtcGetPTX", JNvrtc.nvrtcGetPTX(program, text));
    return (text[0].replace("\0", "") + "\0").getBytes(StandardCharsets.US_ASCII);
  }

  private static String log(nvrtcProgram program) {
    String[] log = new String[1];
    check("nvrtcGetProgramLog", JNvrtc.nvrtcGetProgramLog(program, log));
    return log[0];
  }
}
