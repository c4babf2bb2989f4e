package dev.kiln.cuda;

import dev.kiln.cuda.ConvolutionSearch.Trial;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * One of cuDNN's algorithms for a convolution or a gradient of one, and how it is chosen: once for
 * each operation, so that all plans agree, and only among those that compute the same bits every
 * time.
 *
 * @param number what cuDNN calls it
 * @param workspaceBytes the scratch memory that it needs
 */
record ConvolutionAlgorithm(int number, long workspaceBytes) {

  /** The most scratch memory that an algorithm may need. */
  private static final long MOST_WORKSPACE_BYTES = 1L << 30;

  /**
   * Chooses the algorithm of an operation as the options of its device say; later calls for the
   * same operation return the same one.
   *
   * @param key what the algorithm is for
   */
  static ConvolutionAlgorithm of(
      OpContext context, Object key, ConvolutionPass pass, ConvolutionDescriptors convolution) {
    return context
        .engine()
        .cudnn()
        .algorithm(
            key,
            () ->
                switch (context.engine().options().algorithms()) {
                  case MEASURED -> measured(context, pass, convolution);
                  // What is free now, and how fast another process lets it be, must not matter.
                  case FIXED -> expected(pass, convolution);
                });
  }

  /** Returns whether cuDNN has any algorithm for a convolution of tensors that lie as described. */
  static boolean exists(ConvolutionPass pass, ConvolutionDescriptors convolution) {
    return IntStream.range(0, pass.algorithms())
        .anyMatch(number -> workspaceBytes(pass, convolution, number).isPresent());
  }

  /** The first that cuDNN expects to be fast. */
  private static ConvolutionAlgorithm expected(
      ConvolutionPass pass, ConvolutionDescriptors convolution) {
    return first(
        ConvolutionSearch.rank(pass, convolution), pass, convolution, MOST_WORKSPACE_BYTES);
  }

  private static ConvolutionAlgorithm measured(
      OpContext context, ConvolutionPass pass, ConvolutionDescriptors convolution) {
    CudaContext device = context.engine().context();
    List<TensorType> types = List.of(context.input(0), context.input(1), context.output());
    long free = device.freeBytes();
    long operandBytes = types.stream().mapToLong(TensorType::bytes).sum();
    if (operandBytes > free / 2) {
      // Too little to try anything. The plan tells exactly what it needs, and whether that is free.
      return expected(pass, convolution);
    }
    long most = Math.min(MOST_WORKSPACE_BYTES, (free - operandBytes) / 2);
    long workspaceBytes =
        IntStream.range(0, pass.algorithms())
            .mapToObj(number -> workspaceBytes(pass, convolution, number))
            .flatMapToLong(OptionalLong::stream)
            .filter(bytes -> bytes <= most)
            .max()
            .orElse(0);
    List<DeviceMemory> memories = new ArrayList<>();
    try {
      for (TensorType type : types) {
        memories.add(DeviceMemory.allocate(device, type.bytes()));
      }
      memories.add(DeviceMemory.allocate(device, workspaceBytes));
      ConvolutionPass.Operands operands =
          new ConvolutionPass.Operands(
              memories.get(0).buffer().pointer(),
              memories.get(1).buffer().pointer(),
              memories.get(2).buffer().pointer());
      return first(
          ConvolutionSearch.measure(pass, convolution, operands, memories.getLast().buffer()),
          pass,
          convolution,
          workspaceBytes);
    } finally {
      memories.forEach(DeviceMemory::close);
    }
  }

  private static ConvolutionAlgorithm first(
      List<Trial> trials, ConvolutionPass pass, ConvolutionDescriptors convolution, long most) {
    for (Trial trial : trials) {
      if (trial.isUsable()) {
        OptionalLong bytes = workspaceBytes(pass, convolution, trial.number());
        if (bytes.isPresent() && bytes.getAsLong() <= most) {
          return new ConvolutionAlgorithm(trial.number(), bytes.getAsLong());
        }
      }
    }
    throw new CudaException(
        "none of the algorithms that cuDNN offers both runs this within %,d bytes of workspace and repeats its bits: %s"
            .formatted(most, trials));
  }

  /**
   * Asks for the workspace of an algorithm by the descriptors that it will run with: a trial may
   * have been one with tensor cores, and JCudnn does not hand over which.
   */
  private static OptionalLong workspaceBytes(
      ConvolutionPass pass, ConvolutionDescriptors convolution, int number) {
    long[] bytes = new long[1];
    return pass.workspaceBytes(convolution, number, bytes) == Cudnn.SUCCESS
        ? OptionalLong.of(bytes[0])
        : OptionalLong.empty();
  }
}
