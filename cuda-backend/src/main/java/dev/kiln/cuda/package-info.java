/**
 * The backend for NVIDIA GPUs: the driver interface for memory, streams and graphs through JCuda,
 * matrix products through cuBLAS, layers through cuDNN, and everything else through kernels of its
 * own, which NVRTC compiles when they are first needed.
 *
 * <p>The classes, from the libraries up to the backend; each family uses those above it.
 *
 * <ul>
 *   <li><b>What must be there.</b> {@code CudaLibraries} finds and loads NVIDIA's libraries ({@code
 *       CudaLibrary}) in {@code LibraryFolders}, {@code JCudaNatives} JCuda's; {@code Requirements}
 *       says which GPU and driver they need, {@code CudaExamination} what is missing or broken.
 *   <li><b>The device.</b> {@code Driver} and {@code CudaDevice}; {@code CudaContext} is one in
 *       use, with the stream on which everything runs; {@code CudaEvent} a moment on a stream,
 *       {@code CudaGraph} a recorded step.
 *   <li><b>Memory.</b> {@code DeviceMemory} is owned, {@code DeviceBuffer} a range of it; {@code
 *       PinnedMemory} is the host's. {@code Uploads}, {@code Downloads} and {@code CudaReadback}
 *       copy between them.
 *   <li><b>Kernels.</b> {@code KernelSource}, {@code CompilerTarget}, {@code Nvrtc} and {@code
 *       KernelCompiler} make them of the files in {@code kernels}, {@code Kernels} loads them,
 *       {@code Launch} starts one. {@code StridedWalk} and {@code Movement} tell a kernel where
 *       elements lie.
 *   <li><b>Compiling an operation.</b> {@code CudaEngine} is what all operations of a device share,
 *       {@code OpContext} what one of them is compiled in and for, {@code NativeScope} the owner of
 *       its native objects, {@code Scratch} its workspace in parts, {@code StreamWork} what it puts
 *       on the stream beside kernels and calls.
 *   <li><b>Operations</b> have the name of their spec behind that of what runs them: {@code
 *       CublasMatMul}, {@code CudnnConv2d}, {@code CudaReduce} for a kernel of Kiln's. {@code
 *       CudaOps} is the table of all. What cuDNN must be told about the operands is kept apart from
 *       the calls: {@code TensorDescriptors}, {@code ConvolutionDescriptors}, {@code
 *       BatchNormDescriptors}, {@code RecurrentDescriptors}.
 *   <li><b>Rewriting a graph</b> before it is compiled: {@code PreferredLayouts} places images and
 *       filters, {@code JointCasts} casts neighbours together, {@code BatchNormReserves} and {@code
 *       RecurrentReserves} give what cuDNN keeps for a gradient its length ({@code ReserveLayout}).
 *   <li><b>The backend.</b> {@code CudaBackend}, opened by {@code CudaProvider}.
 * </ul>
 *
 * <p>Three operations take more than one class:
 *
 * <ul>
 *   <li><b>Convolution.</b> {@code CudnnConv2d} is the operation and its gradients; {@code
 *       ConvolutionPass} has cuDNN's calls for the three, {@code ConvolutionSearch} those that look
 *       for an algorithm, {@code ConvolutionAlgorithm} chooses one, {@code ConvolutionBias} is the
 *       bias.
 *   <li><b>Batch normalization.</b> {@code CudnnBatchNorm}; while training, where channels lie
 *       last, {@code BatchNormReserves} turns it into the {@code ReservedBatchNorm} that {@code
 *       CudnnReservedBatchNorm} computes.
 *   <li><b>Recurrent stacks.</b> {@code RecurrentReserves} decides which cuDNN runs, by {@code
 *       CudnnRecurrent}; all others run by {@code CudaRecurrent} and {@code CudaRecurrentGrad}, on
 *       what {@code RecurrentShape} and {@code RecurrentInputs} tell them.
 * </ul>
 */
@NullMarked
package dev.kiln.cuda;

import org.jspecify.annotations.NullMarked;
