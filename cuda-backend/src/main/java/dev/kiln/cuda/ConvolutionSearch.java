package dev.kiln.cuda;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import jcuda.jcudnn.cudnnDeterminism;

/** What cuDNN says of its algorithms for a convolution or a gradient of one. */
final class ConvolutionSearch {

  private static final int MATH_TYPES = 4;

  private ConvolutionSearch() {}

  /**
   * What cuDNN says of one algorithm.
   *
   * @param number which it is
   * @param status whether it can do this
   * @param determinism whether it computes the same bits every time
   */
  record Trial(int number, int status, int determinism) {

    /** Returns whether it can do this, and computes the same bits every time. */
    boolean isUsable() {
      return status == Cudnn.SUCCESS && determinism == cudnnDeterminism.CUDNN_DETERMINISTIC;
    }
  }

  /**
   * Returns the algorithms in the order in which cuDNN expects them to be fast, none of them run.
   */
  static List<Trial> rank(ConvolutionPass pass, ConvolutionDescriptors of) {
    int most = most(pass);
    return switch (pass) {
      case FORWARD ->
          forward(
              most,
              "cudnnGetConvolutionForwardAlgorithm_v7",
              (count, ranked) ->
                  JCudnn.cudnnGetConvolutionForwardAlgorithm_v7(
                      of.handle(),
                      of.image(),
                      of.filters(),
                      of.convolution(),
                      of.result(),
                      most,
                      count,
                      ranked));
      case INPUT_GRAD ->
          inputGrad(
              most,
              "cudnnGetConvolutionBackwardDataAlgorithm_v7",
              (count, ranked) ->
                  JCudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7(
                      of.handle(),
                      of.filters(),
                      of.result(),
                      of.convolution(),
                      of.image(),
                      most,
                      count,
                      ranked));
      case WEIGHT_GRAD ->
          weightGrad(
              most,
              "cudnnGetConvolutionBackwardFilterAlgorithm_v7",
              (count, ranked) ->
                  JCudnn.cudnnGetConvolutionBackwardFilterAlgorithm_v7(
                      of.handle(),
                      of.image(),
                      of.result(),
                      of.convolution(),
                      of.filters(),
                      most,
                      count,
                      ranked));
    };
  }

  /**
   * Runs all algorithms for which the workspace suffices, and returns them, the fastest first.
   *
   * @param on memory whose content does not matter
   */
  static List<Trial> measure(
      ConvolutionPass pass,
      ConvolutionDescriptors of,
      ConvolutionPass.Operands on,
      DeviceBuffer workspace) {
    int most = most(pass);
    return switch (pass) {
      case FORWARD ->
          forward(
              most,
              "cudnnFindConvolutionForwardAlgorithmEx",
              (count, measured) ->
                  JCudnn.cudnnFindConvolutionForwardAlgorithmEx(
                      of.handle(),
                      of.image(),
                      on.first(),
                      of.filters(),
                      on.second(),
                      of.convolution(),
                      of.result(),
                      on.result(),
                      most,
                      count,
                      measured,
                      workspace.pointer(),
                      workspace.bytes()));
      case INPUT_GRAD ->
          inputGrad(
              most,
              "cudnnFindConvolutionBackwardDataAlgorithmEx",
              (count, measured) ->
                  JCudnn.cudnnFindConvolutionBackwardDataAlgorithmEx(
                      of.handle(),
                      of.filters(),
                      on.second(),
                      of.result(),
                      on.first(),
                      of.convolution(),
                      of.image(),
                      on.result(),
                      most,
                      count,
                      measured,
                      workspace.pointer(),
                      workspace.bytes()));
      case WEIGHT_GRAD ->
          weightGrad(
              most,
              "cudnnFindConvolutionBackwardFilterAlgorithmEx",
              (count, measured) ->
                  JCudnn.cudnnFindConvolutionBackwardFilterAlgorithmEx(
                      of.handle(),
                      of.image(),
                      on.first(),
                      of.result(),
                      on.second(),
                      of.convolution(),
                      of.filters(),
                      on.result(),
                      most,
                      count,
                      measured,
                      workspace.pointer(),
                      workspace.bytes()));
    };
  }

  /** How long a list may be: each algorithm may stand there for several math types. */
  private static int most(ConvolutionPass pass) {
    return MATH_TYPES * pass.algorithms();
  }

  /** A call that fills in what it found and how much that is, and returns cuDNN's status. */
  private interface Search<R> {
    int run(int[] count, R[] results);
  }

  private static List<Trial> forward(
      int most, String call, Search<cudnnConvolutionFwdAlgoPerf> search) {
    return trials(
        call,
        search,
        new cudnnConvolutionFwdAlgoPerf[most],
        by -> new Trial(by.algo, by.status, by.determinism));
  }

  private static List<Trial> inputGrad(
      int most, String call, Search<cudnnConvolutionBwdDataAlgoPerf> search) {
    return trials(
        call,
        search,
        new cudnnConvolutionBwdDataAlgoPerf[most],
        by -> new Trial(by.algo, by.status, by.determinism));
  }

  private static List<Trial> weightGrad(
      int most, String call, Search<cudnnConvolutionBwdFilterAlgoPerf> search) {
    return trials(
        call,
        search,
        new cudnnConvolutionBwdFilterAlgoPerf[most],
        by -> new Trial(by.algo, by.status, by.determinism));
  }

  private static <R> List<Trial> trials(
      String call, Search<R> search, R[] results, Function<R, Trial> reading) {
    int[] count = new int[1];
    Cudnn.check(call, search.run(count, results));
    return Stream.of(results).limit(count[0]).map(reading).toList();
  }
}
