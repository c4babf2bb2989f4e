package dev.kiln.testkit;

import dev.kiln.op.Conv2d;
import dev.kiln.op.Linear;
import dev.kiln.op.MatMul;
import dev.kiln.op.Size2d;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;

/** Samples of matrix products, fully connected layers and convolutions. */
final class ContractionSamples {

  private ContractionSamples() {}

  /** A convolution with the shapes of its image and its filters. */
  private record Convolution(String name, Conv2d conv, int[] x, int[] weight) {}

  private static final Conv2d SAME = Conv2d.PLAIN.withPadding(Size2d.square(1));
  private static final Conv2d MIXED =
      Conv2d.PLAIN.withStride(new Size2d(2, 1)).withPadding(new Size2d(1, 0));

  private static final List<Convolution> CONVOLUTIONS =
      List.of(
          new Convolution("3x3", Conv2d.PLAIN, dims(2, 3, 8, 8), dims(4, 3, 3, 3)),
          new Convolution("one pixel", Conv2d.PLAIN, dims(1, 1, 1, 1), dims(1, 1, 1, 1)),
          new Convolution("13 everywhere", SAME, dims(13, 13, 13, 13), dims(13, 13, 3, 3)),
          new Convolution("129 wide", SAME, dims(1, 2, 5, 129), dims(3, 2, 3, 3)),
          new Convolution("129 channels", Conv2d.PLAIN, dims(1, 129, 5, 5), dims(13, 129, 1, 1)),
          new Convolution("129 filters", Conv2d.PLAIN, dims(2, 3, 5, 5), dims(129, 3, 3, 3)),
          new Convolution("16 channels", SAME, dims(2, 16, 9, 9), dims(32, 16, 3, 3)),
          new Convolution("first of lenet", Conv2d.PLAIN, dims(4, 1, 28, 28), dims(6, 1, 5, 5)),
          new Convolution("lopsided", MIXED, dims(2, 3, 9, 7), dims(5, 3, 3, 2)),
          new Convolution(
              "remainder rows",
              Conv2d.PLAIN.withStride(Size2d.square(2)),
              dims(2, 3, 8, 10),
              dims(4, 3, 3, 3)),
          new Convolution(
              "strided 1x1",
              Conv2d.PLAIN.withStride(Size2d.square(2)),
              dims(2, 13, 8, 8),
              dims(16, 13, 1, 1)),
          new Convolution(
              "stride beyond the filter",
              Conv2d.PLAIN.withStride(Size2d.square(3)),
              dims(1, 2, 9, 11),
              dims(2, 2, 2, 2)),
          new Convolution(
              "padding beyond the filter",
              Conv2d.PLAIN.withPadding(Size2d.square(2)),
              dims(1, 2, 3, 3),
              dims(2, 2, 1, 1)),
          new Convolution("whole image", Conv2d.PLAIN, dims(3, 2, 5, 4), dims(7, 2, 5, 4)),
          new Convolution(
              "dilated",
              Conv2d.PLAIN.withPadding(Size2d.square(2)).withDilation(Size2d.square(2)),
              dims(1, 4, 8, 8),
              dims(4, 4, 3, 3)),
          new Convolution(
              "dilated one way",
              MIXED.withDilation(new Size2d(1, 3)),
              dims(2, 3, 9, 13),
              dims(4, 3, 3, 3)),
          new Convolution("depthwise", SAME.withGroups(4), dims(2, 4, 6, 6), dims(4, 1, 3, 3)),
          new Convolution(
              "depthwise, two each", SAME.withGroups(4), dims(2, 4, 6, 6), dims(8, 1, 3, 3)),
          new Convolution(
              "two groups", Conv2d.PLAIN.withGroups(2), dims(2, 4, 6, 6), dims(6, 2, 1, 1)),
          new Convolution(
              "grouped, strided and dilated",
              MIXED.withGroups(3).withDilation(new Size2d(2, 1)),
              dims(2, 6, 13, 7),
              dims(9, 2, 3, 3)));

  static List<Sample> all() {
    List<Sample> samples = new ArrayList<>();
    samples.addAll(products());
    samples.addAll(linear());
    CONVOLUTIONS.forEach(convolution -> samples.addAll(samplesOf(convolution)));
    return samples;
  }

  private static List<Sample> products() {
    List<Sample> samples = new ArrayList<>();
    for (boolean transposeA : List.of(false, true)) {
      for (boolean transposeB : List.of(false, true)) {
        MatMul product = new MatMul(transposeA, transposeB);
        String how = (transposeA ? "a' " : "a ") + (transposeB ? "b' " : "b ");
        samples.add(product(how + "5x7x3", product, dims(), 5, 7, 3));
        samples.add(product(how + "1x1x1", product, dims(), 1, 1, 1));
        samples.add(product(how + "1x129x13", product, dims(), 1, 129, 13));
        samples.add(product(how + "129x13x1", product, dims(), 129, 13, 1));
        samples.add(product(how + "129x129x129", product, dims(), 129, 129, 129));
        samples.add(product(how + "batch of 2", product, dims(2), 5, 7, 3));
        samples.add(product(how + "batch of 13", product, dims(13), 1, 13, 17));
      }
    }
    return samples;
  }

  /** A sample of [M, K] times [K, N], each stored as the product says. */
  private static Sample product(String name, MatMul product, int[] batch, int m, int k, int n) {
    int[] a = product.transposeA() ? dims(k, m) : dims(m, k);
    int[] b = product.transposeB() ? dims(n, k) : dims(k, n);
    return Sample.of(
            name, product, Operand.normal(joined(batch, a)), Operand.normal(joined(batch, b)))
        .within(1e-4, 1e-4);
  }

  private static List<Sample> linear() {
    return List.of(
        linear("[4, 6] to 3", dims(4, 6), 3),
        linear("[1, 1] to 1", dims(1, 1), 1),
        linear("[13, 129] to 10", dims(13, 129), 10),
        linear("[129, 13] to 129", dims(129, 13), 129),
        linear("sequences", dims(3, 5, 4), 7),
        Sample.of("no bias", new Linear(), Operand.normal(4, 6), Operand.normal(3, 6)),
        Sample.of(
            "sequences, no bias", new Linear(), Operand.normal(3, 5, 4), Operand.normal(7, 4)));
  }

  private static Sample linear(String name, int[] x, int out) {
    return Sample.of(
            name,
            new Linear(),
            Operand.normal(x),
            Operand.normal(out, x[x.length - 1]),
            Operand.normal(out))
        .within(1e-4, 1e-4);
  }

  private static List<Sample> samplesOf(Convolution of) {
    Operand x = Operand.normal(of.x);
    Operand weight = Operand.normal(of.weight);
    Operand bias = Operand.normal(of.weight[0]);
    TensorType result =
        of.conv.infer(List.of(TensorType.of(DType.F32, of.x), weight.type())).getFirst();
    Operand dy = Operand.normal(result.shape().toArray());
    Shape image = Shape.of(of.x);
    Shape filters = Shape.of(of.weight);
    return List.of(
        Sample.of(of.name, of.conv, x, weight, bias).within(1e-4, 2e-4),
        Sample.of(of.name + ", no bias", of.conv, x, weight).within(1e-4, 2e-4),
        Sample.of(of.name, new Conv2d.InputGrad(of.conv, image), dy, weight).within(1e-4, 2e-4),
        Sample.of(of.name, new Conv2d.WeightGrad(of.conv, filters, true), x, dy).within(1e-4, 2e-4),
        Sample.of(of.name + ", no bias", new Conv2d.WeightGrad(of.conv, filters, false), x, dy)
            .within(1e-4, 2e-4));
  }

  private static int[] joined(int[] batch, int[] matrix) {
    return batch.length == 0 ? matrix : dims(batch[0], matrix[0], matrix[1]);
  }

  private static int[] dims(int... dims) {
    return dims;
  }
}
