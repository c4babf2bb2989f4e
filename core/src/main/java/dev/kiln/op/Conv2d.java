package dev.kiln.op;

import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.List;

/**
 * Two-dimensional convolution, as the field uses the word: cross-correlation of an image with
 * filters, summed over the input channels.
 *
 * <p>Inputs: {@code x} [N, C, H, W], {@code weight} [O, C / groups, kH, kW], {@code bias} [O],
 * which may be absent. Output: {@code y} [N, O, outH, outW] with {@code out = (in + 2 padding -
 * dilation (kernel - 1) - 1) / stride + 1}, rounded down.
 *
 * @param stride the step between neighbouring outputs
 * @param padding zeros added on each side
 * @param dilation the step between neighbouring filter taps
 * @param groups into how many independent convolutions the channels are divided
 */
public record Conv2d(Size2d stride, Size2d padding, Size2d dilation, int groups) implements OpSpec {

  /** Stride 1, no padding, no dilation, one group. */
  public static final Conv2d PLAIN =
      new Conv2d(Size2d.square(1), Size2d.square(0), Size2d.square(1), 1);

  /**
   * Checks the attributes.
   *
   * @throws IllegalArgumentException if a stride, a dilation or the groups are below 1, or a
   *     padding below 0
   */
  public Conv2d {
    if (!stride.atLeast(1) || !dilation.atLeast(1) || !padding.atLeast(0) || groups < 1) {
      throw new IllegalArgumentException(
          "conv2d: stride, dilation and groups must be at least 1 and padding at least 0, but got"
              + " stride %s, padding %s, dilation %s, groups %d"
                  .formatted(stride, padding, dilation, groups));
    }
  }

  /** Returns this convolution with another stride. */
  public Conv2d withStride(Size2d other) {
    return new Conv2d(other, padding, dilation, groups);
  }

  /** Returns this convolution with another padding. */
  public Conv2d withPadding(Size2d other) {
    return new Conv2d(stride, other, dilation, groups);
  }

  /** Returns this convolution with another dilation. */
  public Conv2d withDilation(Size2d other) {
    return new Conv2d(stride, padding, other, groups);
  }

  /** Returns this convolution with another number of groups. */
  public Conv2d withGroups(int other) {
    return new Conv2d(stride, padding, dilation, other);
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Operands in = new Operands(this, inputs, "x", "weight", "bias?").floating(0);
    in.dtypeOfFirst(1).dtypeOfFirst(2).rank(0, 4).rank(1, 4);
    Shape x = in.shape(0);
    Shape weight = in.shape(1);
    in.require(
        x.dim(1) == weight.dim(1) * groups,
        "x has %d channels, but weight [O, C / groups, kH, kW] expects %d x %d groups"
            .formatted(x.dim(1), weight.dim(1), groups));
    in.require(
        weight.dim(0) % groups == 0,
        "the %d output channels must divide into %d groups".formatted(weight.dim(0), groups));
    in.shapeIs(2, Shape.of(weight.dim(0)));
    int height =
        extent(x.dim(2), weight.dim(2), stride.height(), padding.height(), dilation.height());
    int width = extent(x.dim(3), weight.dim(3), stride.width(), padding.width(), dilation.width());
    in.require(
        height >= 1 && width >= 1, "the dilated filter must not be larger than the padded image");
    return List.of(TensorType.of(in.get(0).dtype(), x.dim(0), weight.dim(0), height, width));
  }

  /** The number of places where a dilated kernel fits; not positive when there is none. */
  private static int extent(int in, int kernel, int stride, int padding, int dilation) {
    return Math.floorDiv(in + 2 * padding - dilation * (kernel - 1) - 1, stride) + 1;
  }

  @Override
  public void gradient(Adjoint adjoint) {
    adjoint.give(
        0,
        () ->
            adjoint.apply(
                new InputGrad(this, adjoint.input(0).shape()),
                adjoint.upstream(),
                adjoint.input(1)));
    boolean bias = adjoint.inputs() == 3;
    adjoint.give(
        bias ? List.of(1, 2) : List.of(1),
        () ->
            adjoint.emit(
                new WeightGrad(this, adjoint.input(1).shape(), bias),
                adjoint.input(0),
                adjoint.upstream()));
  }

  /**
   * The gradient of a convolution with respect to its image (cuDNN: backward data).
   *
   * <p>Inputs: {@code dy} [N, O, outH, outW], {@code weight} [O, C / groups, kH, kW]. Output:
   * {@code dx} [N, C, H, W].
   *
   * @param conv the convolution differentiated
   * @param input the shape of its image
   */
  public record InputGrad(Conv2d conv, Shape input) implements OpSpec {

    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Operands in = new Operands(this, inputs, "dy", "weight").floating(0).dtypeOfFirst(1);
      TensorType x = TensorType.of(in.get(0).dtype(), input);
      in.shapeIs(0, conv.infer(List.of(x, in.get(1))).getFirst().shape());
      return List.of(x);
    }

    @Override
    public void gradient(Adjoint adjoint) {
      throw SecondDerivativeException.of(this);
    }
  }

  /**
   * The gradient of a convolution with respect to its filters (cuDNN: backward filter) and bias.
   *
   * <p>Inputs: {@code x} [N, C, H, W], {@code dy} [N, O, outH, outW]. Outputs: {@code dweight} [O,
   * C / groups, kH, kW] and, if there is one, {@code dbias} [O].
   *
   * @param conv the convolution differentiated
   * @param weight the shape of its filters
   * @param bias whether it has a bias
   */
  public record WeightGrad(Conv2d conv, Shape weight, boolean bias) implements OpSpec {

    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Operands in = new Operands(this, inputs, "x", "dy").floating(0).dtypeOfFirst(1);
      TensorType dweight = TensorType.of(in.get(0).dtype(), weight);
      in.shapeIs(1, conv.infer(List.of(in.get(0), dweight)).getFirst().shape());
      return bias
          ? List.of(dweight, TensorType.of(in.get(0).dtype(), weight.dim(0)))
          : List.of(dweight);
    }

    @Override
    public void gradient(Adjoint adjoint) {
      throw SecondDerivativeException.of(this);
    }
  }
}
