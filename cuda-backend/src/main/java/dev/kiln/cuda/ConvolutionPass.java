package dev.kiln.cuda;

import dev.kiln.cuda.ConvolutionAlgorithm.Trial;
import java.util.List;
import java.util.stream.Stream;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgo;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgo;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionFwdAlgo;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;

/**
 * What is computed of a convolution, with cuDNN's four calls for it. Each call returns cuDNN's
 * status.
 */
enum ConvolutionPass {
  /** {@code x, weight -> y}. */
  FORWARD("cudnnConvolutionForward", cudnnConvolutionFwdAlgo.CUDNN_CONVOLUTION_FWD_ALGO_COUNT) {

    @Override
    int workspaceBytes(CudnnConvolution of, int algorithm, long[] bytes) {
      return JCudnn.cudnnGetConvolutionForwardWorkspaceSize(
          of.handle(), of.image(), of.filters(), of.convolution(), of.result(), algorithm, bytes);
    }

    @Override
    List<Trial> rank(CudnnConvolution of) {
      int[] count = new int[1];
      cudnnConvolutionFwdAlgoPerf[] ranked = new cudnnConvolutionFwdAlgoPerf[most()];
      Cudnn.check(
          "cudnnGetConvolutionForwardAlgorithm_v7",
          JCudnn.cudnnGetConvolutionForwardAlgorithm_v7(
              of.handle(),
              of.image(),
              of.filters(),
              of.convolution(),
              of.result(),
              most(),
              count,
              ranked));
      return trials(ranked, count);
    }

    @Override
    List<Trial> measure(CudnnConvolution of, Operands on, DeviceBuffer workspace) {
      int[] count = new int[1];
      cudnnConvolutionFwdAlgoPerf[] measured = new cudnnConvolutionFwdAlgoPerf[most()];
      Cudnn.check(
          "cudnnFindConvolutionForwardAlgorithmEx",
          JCudnn.cudnnFindConvolutionForwardAlgorithmEx(
              of.handle(),
              of.image(),
              on.first,
              of.filters(),
              on.second,
              of.convolution(),
              of.result(),
              on.result,
              most(),
              count,
              measured,
              workspace.pointer(),
              workspace.bytes()));
      return trials(measured, count);
    }

    private List<Trial> trials(cudnnConvolutionFwdAlgoPerf[] results, int[] count) {
      return Stream.of(results)
          .limit(count[0])
          .map(by -> new Trial(by.algo, by.status, by.determinism))
          .toList();
    }

    @Override
    int run(CudnnConvolution of, Operands on, ConvolutionAlgorithm by, Pointer workspace) {
      return JCudnn.cudnnConvolutionForward(
          of.handle(),
          of.one(),
          of.image(),
          on.first,
          of.filters(),
          on.second,
          of.convolution(),
          by.number(),
          workspace,
          by.workspaceBytes(),
          of.zero(),
          of.result(),
          on.result);
    }
  },

  /** {@code dy, weight -> dx}. */
  INPUT_GRAD(
      "cudnnConvolutionBackwardData",
      cudnnConvolutionBwdDataAlgo.CUDNN_CONVOLUTION_BWD_DATA_ALGO_COUNT) {

    @Override
    int workspaceBytes(CudnnConvolution of, int algorithm, long[] bytes) {
      return JCudnn.cudnnGetConvolutionBackwardDataWorkspaceSize(
          of.handle(), of.filters(), of.result(), of.convolution(), of.image(), algorithm, bytes);
    }

    @Override
    List<Trial> rank(CudnnConvolution of) {
      int[] count = new int[1];
      cudnnConvolutionBwdDataAlgoPerf[] ranked = new cudnnConvolutionBwdDataAlgoPerf[most()];
      Cudnn.check(
          "cudnnGetConvolutionBackwardDataAlgorithm_v7",
          JCudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7(
              of.handle(),
              of.filters(),
              of.result(),
              of.convolution(),
              of.image(),
              most(),
              count,
              ranked));
      return trials(ranked, count);
    }

    @Override
    List<Trial> measure(CudnnConvolution of, Operands on, DeviceBuffer workspace) {
      int[] count = new int[1];
      cudnnConvolutionBwdDataAlgoPerf[] measured = new cudnnConvolutionBwdDataAlgoPerf[most()];
      Cudnn.check(
          "cudnnFindConvolutionBackwardDataAlgorithmEx",
          JCudnn.cudnnFindConvolutionBackwardDataAlgorithmEx(
              of.handle(),
              of.filters(),
              on.second,
              of.result(),
              on.first,
              of.convolution(),
              of.image(),
              on.result,
              most(),
              count,
              measured,
              workspace.pointer(),
              workspace.bytes()));
      return trials(measured, count);
    }

    private List<Trial> trials(cudnnConvolutionBwdDataAlgoPerf[] results, int[] count) {
      return Stream.of(results)
          .limit(count[0])
          .map(by -> new Trial(by.algo, by.status, by.determinism))
          .toList();
    }

    @Override
    int run(CudnnConvolution of, Operands on, ConvolutionAlgorithm by, Pointer workspace) {
      return JCudnn.cudnnConvolutionBackwardData(
          of.handle(),
          of.one(),
          of.filters(),
          on.second,
          of.result(),
          on.first,
          of.convolution(),
          by.number(),
          workspace,
          by.workspaceBytes(),
          of.zero(),
          of.image(),
          on.result);
    }
  },

  /** {@code x, dy -> dweight}. */
  WEIGHT_GRAD(
      "cudnnConvolutionBackwardFilter",
      cudnnConvolutionBwdFilterAlgo.CUDNN_CONVOLUTION_BWD_FILTER_ALGO_COUNT) {

    @Override
    int workspaceBytes(CudnnConvolution of, int algorithm, long[] bytes) {
      return JCudnn.cudnnGetConvolutionBackwardFilterWorkspaceSize(
          of.handle(), of.image(), of.result(), of.convolution(), of.filters(), algorithm, bytes);
    }

    @Override
    List<Trial> rank(CudnnConvolution of) {
      int[] count = new int[1];
      cudnnConvolutionBwdFilterAlgoPerf[] ranked = new cudnnConvolutionBwdFilterAlgoPerf[most()];
      Cudnn.check(
          "cudnnGetConvolutionBackwardFilterAlgorithm_v7",
          JCudnn.cudnnGetConvolutionBackwardFilterAlgorithm_v7(
              of.handle(),
              of.image(),
              of.result(),
              of.convolution(),
              of.filters(),
              most(),
              count,
              ranked));
      return trials(ranked, count);
    }

    @Override
    List<Trial> measure(CudnnConvolution of, Operands on, DeviceBuffer workspace) {
      int[] count = new int[1];
      cudnnConvolutionBwdFilterAlgoPerf[] measured = new cudnnConvolutionBwdFilterAlgoPerf[most()];
      Cudnn.check(
          "cudnnFindConvolutionBackwardFilterAlgorithmEx",
          JCudnn.cudnnFindConvolutionBackwardFilterAlgorithmEx(
              of.handle(),
              of.image(),
              on.first,
              of.result(),
              on.second,
              of.convolution(),
              of.filters(),
              on.result,
              most(),
              count,
              measured,
              workspace.pointer(),
              workspace.bytes()));
      return trials(measured, count);
    }

    private List<Trial> trials(cudnnConvolutionBwdFilterAlgoPerf[] results, int[] count) {
      return Stream.of(results)
          .limit(count[0])
          .map(by -> new Trial(by.algo, by.status, by.determinism))
          .toList();
    }

    @Override
    int run(CudnnConvolution of, Operands on, ConvolutionAlgorithm by, Pointer workspace) {
      return JCudnn.cudnnConvolutionBackwardFilter(
          of.handle(),
          of.one(),
          of.image(),
          on.first,
          of.result(),
          on.second,
          of.convolution(),
          by.number(),
          workspace,
          by.workspaceBytes(),
          of.zero(),
          of.filters(),
          on.result);
    }
  };

  private static final int MATH_TYPES = 4;

  private final String call;
  private final int algorithms;

  ConvolutionPass(String call, int algorithms) {
    this.call = call;
    this.algorithms = algorithms;
  }

  /**
   * Where the operands lie, in the order of the operation's types.
   *
   * @param first the first input
   * @param second the second input
   * @param result the first output
   */
  record Operands(Pointer first, Pointer second, Pointer result) {}

  /** Returns the name of the call that computes it. */
  String call() {
    return call;
  }

  /** Returns how many algorithms cuDNN numbers, from 0. */
  int algorithms() {
    return algorithms;
  }

  /** Returns how long a list of them may be: each may stand there for several math types. */
  int most() {
    return MATH_TYPES * algorithms;
  }

  /** Asks for the scratch memory that an algorithm needs. */
  abstract int workspaceBytes(CudnnConvolution of, int algorithm, long[] bytes);

  /**
   * Returns the algorithms in the order in which cuDNN expects them to be fast, none of them run.
   */
  abstract List<Trial> rank(CudnnConvolution of);

  /**
   * Runs all algorithms for which the workspace suffices, and returns them, the fastest first.
   *
   * @param on memory whose content does not matter
   */
  abstract List<Trial> measure(CudnnConvolution of, Operands on, DeviceBuffer workspace);

  /** Computes it. */
  abstract int run(CudnnConvolution of, Operands on, ConvolutionAlgorithm by, Pointer workspace);
}
