/**
 * The backend for NVIDIA GPUs: the driver interface for memory, streams and graphs through JCuda,
 * matrix products through cuBLAS, layers through cuDNN, and everything else through kernels of its
 * own, which NVRTC compiles when they are first needed.
 */
@NullMarked
package dev.kiln.cuda;

import org.jspecify.annotations.NullMarked;
