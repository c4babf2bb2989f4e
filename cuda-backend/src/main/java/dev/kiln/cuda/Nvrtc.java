package dev.kiln.cuda;

import java.util.ArrayList;
import java.util.List;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;
import jcuda.nvrtc.nvrtcResult;

/** NVRTC: compiles CUDA C++ for a GPU, also where there is none. */
final class Nvrtc {

  private Nvrtc() {}

  private static void check(String call, int status) {
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

  /**
   * Compiles a source for one architecture.
   *
   * @param architecture such as {@code sm_90}
   * @return the image to load
   * @throws CudaException if it does not compile; the message holds the compiler's
   */
  static byte[] compile(KernelSource source, String architecture) {
    nvrtcProgram program = new nvrtcProgram();
    check(
        "nvrtcCreateProgram",
        JNvrtc.nvrtcCreateProgram(program, source.text(), source.file() + ".cu", 0, null, null));
    try {
      List<String> options = new ArrayList<>(source.options());
      options.add("--gpu-architecture=" + architecture);
      int status =
          JNvrtc.nvrtcCompileProgram(program, options.size(), options.toArray(String[]::new));
      if (status != nvrtcResult.NVRTC_SUCCESS) {
        throw CudaException.of(
            "nvrtcCompileProgram %s.cu for %s".formatted(source.file(), architecture),
            status,
            JNvrtc.nvrtcGetErrorString(status) + "\n" + log(program));
      }
      long[] size = new long[1];
      check("nvrtcGetCUBINSize", JNvrtc.nvrtcGetCUBINSize(program, size));
      byte[] image = new byte[Math.toIntExact(size[0])];
      check("nvrtcGetCUBIN", JNvrtc.nvrtcGetCUBIN(program, image));
      return image;
    } finally {
      check("nvrtcDestroyProgram", JNvrtc.nvrtcDestroyProgram(program));
    }
  }

  private static String log(nvrtcProgram program) {
    String[] log = new String[1];
    check("nvrtcGetProgramLog", JNvrtc.nvrtcGetProgramLog(program, log));
    return log[0];
  }
}
