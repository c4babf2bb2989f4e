package dev.kiln.testkit;

import dev.kiln.op.BatchNorm;
import dev.kiln.op.BatchNormInference;
import dev.kiln.op.LayerNorm;
import dev.kiln.op.OpSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Samples of batch and layer normalization. */
final class NormalizationSamples {

  private NormalizationSamples() {}

  private static final double EPSILON = 1e-5;

  /** Inputs of batch normalization. */
  private static final List<int[]> BATCHES =
      List.of(
          dims(4, 3, 5, 5),
          dims(6, 4),
          dims(2, 1),
          dims(2, 1, 1, 1),
          dims(1, 13, 3, 3),
          dims(129, 13),
          dims(3, 129, 2, 2),
          dims(13, 16, 9, 7));

  /** Inputs of layer normalization and how many of their last dimensions it is over. */
  private record Layer(int over, int... dims) {}

  private static final List<Layer> LAYERS =
      List.of(
          new Layer(3, 4, 3, 5, 5),
          new Layer(1, 6, 4),
          new Layer(1, 13, 129),
          new Layer(1, 129, 13),
          new Layer(2, 2, 3, 13),
          new Layer(1, 2, 3, 13),
          new Layer(1, 5),
          new Layer(1, 3, 1));

  static List<Sample> all() {
    List<Sample> samples = new ArrayList<>();
    for (int[] x : BATCHES) {
      samples.addAll(batchNorm(x));
    }
    samples.add(batchNorm("whole momentum", new BatchNorm(1, 1e-3), dims(4, 3, 5, 5)));
    samples.add(batchNorm("no momentum", new BatchNorm(0, EPSILON), dims(4, 3, 5, 5)));
    for (Layer layer : LAYERS) {
      samples.addAll(layerNorm(layer));
    }
    return samples;
  }

  private static List<Sample> batchNorm(int[] x) {
    String name = Arrays.toString(x);
    int channels = x[1];
    return List.of(
        batchNorm(name, new BatchNorm(0.1, EPSILON), x),
        batchNorm(name, new BatchNormInference(EPSILON), x),
        Sample.of(
                name,
                new BatchNorm.Grad(EPSILON),
                Operand.normal(x),
                Operand.normal(channels),
                Operand.normal(channels),
                variance(channels),
                Operand.normal(x))
            .within(1e-3, 1e-3));
  }

  private static Sample batchNorm(String name, OpSpec norm, int[] x) {
    int channels = x[1];
    return Sample.of(
            name,
            norm,
            Operand.normal(x),
            Operand.normal(channels),
            Operand.normal(channels),
            Operand.normal(channels).constant(),
            variance(channels))
        .within(1e-3, 1e-3);
  }

  private static List<Sample> layerNorm(Layer layer) {
    int leading = layer.dims.length - layer.over;
    int[] normalized = Arrays.copyOfRange(layer.dims, leading, layer.dims.length);
    int[] statistics = Arrays.copyOf(layer.dims, leading);
    LayerNorm norm = new LayerNorm(layer.over, EPSILON);
    Operand x = Operand.normal(layer.dims);
    Operand parameter = Operand.normal(normalized);
    String name = "over %d of %s".formatted(layer.over, Arrays.toString(layer.dims));
    return List.of(
        Sample.of(name, norm, x, parameter, parameter).within(1e-3, 1e-3),
        Sample.of(
                name,
                new LayerNorm.Grad(norm),
                x,
                parameter,
                Operand.normal(statistics),
                variance(statistics),
                x)
            .within(1e-3, 1e-3));
  }

  private static Operand variance(int... dims) {
    return Operand.of(Domain.uniform(0.5, 2), dims).constant();
  }

  private static int[] dims(int... dims) {
    return dims;
  }
}
