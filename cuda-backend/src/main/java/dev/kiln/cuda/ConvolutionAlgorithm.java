package dev.kiln.cuda;

import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import jcuda.Pointer;
import jcuda.jcudnn.cudnnDeterminism;

/**
 * One of cuDNN's algorithms for a convolution or a gradient of one.
 *
 * @param number what cuDNN calls it
 * @param workspaceBytes the scratch memory that it needs
 */
record ConvolutionAlgorithm(int number, long workspaceBytes) {

  private static final int SUCCESS = 0;

  /** The most scratch memory that an algorithm may need. */
  private static final long MOST_WORKSPACE_BYTES = 1L << 30;

  /**
   * How one algorithm did.
   *
   * @param status whether it ran
   * @param algorithm which it was
   * @param determinism whether it computes the same bits every time
   */
  record Trial(int status, ConvolutionAlgorithm algorithm, int determinism) {

    private boolean isUsable() {
      return status == SUCCESS && determinism == cudnnDeterminism.CUDNN_DETERMINISTIC;
    }
  }

  /** Runs a convolution by every algorithm of cuDNN. */
  @FunctionalInterface
  interface Measurement {

    /**
     * Measures the algorithms on memory whose content does not matter.
     *
     * @param operands the two operands and the result, in the order of the operation's types
     * @param workspace scratch memory
     * @param workspaceBytes its length: algorithms that need more are left out
     * @return the algorithms, the fastest first
     */
    List<Trial> run(List<Pointer> operands, Pointer workspace, long workspaceBytes);
  }

  /**
   * Measures all algorithms once and returns the fastest of those that compute the same bits every
   * time; later calls for the same operation return the same one, so that all plans agree.
   *
   * @param key what the algorithm is for
   * @param operands the types of the two operands and the result
   * @param needs the scratch memory that each algorithm would need
   */
  static ConvolutionAlgorithm fastest(
      OpContext context, Object key, List<TensorType> operands, LongStream needs, Measurement by) {
    return context
        .engine()
        .cudnn()
        .algorithms()
        .computeIfAbsent(key, _ -> measure(context.engine().context(), operands, needs, by));
  }

  private static ConvolutionAlgorithm measure(
      CudaContext device, List<TensorType> operands, LongStream needs, Measurement by) {
    long most = Math.min(MOST_WORKSPACE_BYTES, device.freeBytes() / 2);
    long workspaceBytes = needs.filter(bytes -> bytes <= most).max().orElse(0);
    List<DeviceMemory> memories = new ArrayList<>();
    try {
      for (TensorType operand : operands) {
        memories.add(DeviceMemory.allocate(device, operand.bytes()));
      }
      memories.add(DeviceMemory.allocate(device, workspaceBytes));
      List<Pointer> pointers =
          memories.stream().<Pointer>map(memory -> memory.buffer().pointer()).toList();
      List<Trial> trials =
          by.run(pointers.subList(0, operands.size()), pointers.getLast(), workspaceBytes);
      return choose(trials);
    } finally {
      memories.forEach(DeviceMemory::close);
    }
  }

  private static ConvolutionAlgorithm choose(List<Trial> trials) {
    return trials.stream()
        .filter(Trial::isUsable)
        .map(Trial::algorithm)
        .findFirst()
        .orElseThrow(() ->
            new CudaException(
                "none of cuDNN's %d algorithms both runs this and repeats its bits: %s"
                    .formatted(trials.size(), trials)));
  }

  /** Returns how many of an array of results cuDNN filled, as a stream. */
  static <T> Stream<T> filled(T[] results, int[] count) {
    return Stream.of(results).limit(count[0]);
  }
}
