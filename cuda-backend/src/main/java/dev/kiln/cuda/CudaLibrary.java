package dev.kiln.cuda;

import java.util.List;

/**
 * A native library of NVIDIA's that the backend calls, in the order in which they depend on each
 * other.
 */
enum CudaLibrary {
  /** The driver. */
  DRIVER("libcuda.so.1", "the NVIDIA driver, version 525 or newer"),
  /** The compiler of kernels. */
  NVRTC("libnvrtc.so.12", "NVRTC 12, of the CUDA 12 toolkit"),
  /** What cuBLAS is built on. */
  CUBLAS_LT("libcublasLt.so.12", "cuBLASLt 12, of the CUDA 12 toolkit"),
  /** Matrix products. */
  CUBLAS("libcublas.so.12", "cuBLAS 12, of the CUDA 12 toolkit"),
  /** Layers. */
  CUDNN("libcudnn.so.9", "cuDNN 9 for CUDA 12");

  private final String fileName;
  private final String title;

  CudaLibrary(String fileName, String title) {
    this.fileName = fileName;
    this.title = title;
  }

  /** Returns the name it is loaded by. */
  String fileName() {
    return fileName;
  }

  /** Returns what it is, for people. */
  String title() {
    return title;
  }

  /** Returns those beside the driver, the ones that others need first. */
  static List<CudaLibrary> toolkit() {
    return List.of(NVRTC, CUBLAS_LT, CUBLAS, CUDNN);
  }
}
