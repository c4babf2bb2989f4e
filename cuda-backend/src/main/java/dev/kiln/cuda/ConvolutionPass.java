package dev.kiln.cuda;

import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgo;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgo;
import jcuda.jcudnn.cudnnConvolutionFwdAlgo;

/**
 * What is computed of a convolution, with cuDNN's calls for it: each takes the same operands in an
 * order of its own. {@link ConvolutionSearch} has those that look for an algorithm.
 */
enum ConvolutionPass {
  /** {@code x, weight -> y}. */
  FORWARD("cudnnConvolutionForward", cudnnConvolutionFwdAlgo.CUDNN_CONVOLUTION_FWD_ALGO_COUNT) {

    @Override
    int workspaceBytes(ConvolutionDescriptors of, int algorithm, long[] bytes) {
      return JCudnn.cudnnGetConvolutionForwardWorkspaceSize(
          of.handle(), of.image(), of.filters(), of.convolution(), of.result(), algorithm, bytes);
    }

    @Override
    int run(ConvolutionDescriptors of, Operands on, ConvolutionAlgorithm by, Pointer workspace) {
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
    int workspaceBytes(ConvolutionDescriptors of, int algorithm, long[] bytes) {
      return JCudnn.cudnnGetConvolutionBackwardDataWorkspaceSize(
          of.handle(), of.filters(), of.result(), of.convolution(), of.image(), algorithm, bytes);
    }

    @Override
    int run(ConvolutionDescriptors of, Operands on, ConvolutionAlgorithm by, Pointer workspace) {
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
    int workspaceBytes(ConvolutionDescriptors of, int algorithm, long[] bytes) {
      return JCudnn.cudnnGetConvolutionBackwardFilterWorkspaceSize(
          of.handle(), of.image(), of.result(), of.convolution(), of.filters(), algorithm, bytes);
    }

    @Override
    int run(ConvolutionDescriptors of, Operands on, ConvolutionAlgorithm by, Pointer workspace) {
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

  /** Asks for the scratch memory that an algorithm needs. */
  abstract int workspaceBytes(ConvolutionDescriptors of, int algorithm, long[] bytes);

  /** Computes it. */
  abstract int run(
      ConvolutionDescriptors of, Operands on, ConvolutionAlgorithm by, Pointer workspace);
}
