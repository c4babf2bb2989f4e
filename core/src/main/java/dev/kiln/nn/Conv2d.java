package dev.kiln.nn;

import dev.kiln.op.Size2d;
import dev.kiln.op.Value;
import dev.kiln.tensor.Shape;

/**
 * A two-dimensional convolution: [N, C, H, W] to [N, O, outH, outW]; see {@link dev.kiln.op.Conv2d}
 * for the sizes. The number of input channels is read off the input.
 *
 * <p>Parameters: {@code weight} [O, C / groups, kH, kW], drawn by {@link Initializers#fanInUniform}
 * as in PyTorch, and {@code bias} [O].
 *
 * @param outChannels the number of filters, at least 1
 * @param kernel the size of each filter, at least 1x1
 * @param convolution stride, padding, dilation and groups
 * @param padding whether the padding is the given one or follows from the filter's size
 * @param weight how the weight is drawn
 * @param bias whether there is a bias
 */
public record Conv2d(
    int outChannels,
    Size2d kernel,
    dev.kiln.op.Conv2d convolution,
    Padding padding,
    Initializer weight,
    Bias bias)
    implements Layer {

  /** Where the padding comes from. */
  public enum Padding {
    /** That of the convolution. */
    EXPLICIT,
    /**
     * As much as keeps height and width, at stride 1: {@code dilation (kernel - 1)} in all, half of
     * it on each side, and where it is odd one more below and on the right, as in PyTorch.
     */
    SAME
  }

  /**
   * Checks the attributes and settles the padding.
   *
   * @throws IllegalArgumentException if the filters or the kernel are below 1, or the padding is
   *     {@link Padding#SAME} at a stride other than 1
   */
  public Conv2d {
    if (outChannels < 1 || kernel.height() < 1 || kernel.width() < 1) {
      throw new IllegalArgumentException(
          "conv2d: the number of filters and the kernel must be at least 1, but got %d filters of %s"
              .formatted(outChannels, kernel));
    }
    if (padding == Padding.SAME) {
      if (!convolution.stride().equals(Size2d.square(1))) {
        throw new IllegalArgumentException(
            "conv2d: same padding keeps the image's size, which stride %s does not; give the padding by withPadding"
                .formatted(convolution.stride()));
      }
      // The larger half on both sides; apply() cuts off what is too much above and on the left.
      Size2d total = totalPadding(kernel, convolution.dilation());
      convolution =
          convolution.withPadding(new Size2d((total.height() + 1) / 2, (total.width() + 1) / 2));
    }
  }

  /** Returns a convolution with square filters, stride 1, no padding, and a bias. */
  public static Conv2d of(int outChannels, int kernel) {
    return of(outChannels, Size2d.square(kernel));
  }

  /** Returns a convolution with filters of this size, stride 1, no padding, and a bias. */
  public static Conv2d of(int outChannels, Size2d kernel) {
    return new Conv2d(
        outChannels,
        kernel,
        dev.kiln.op.Conv2d.PLAIN,
        Padding.EXPLICIT,
        Initializers.fanInUniform(),
        new Bias.ByFanIn());
  }

  /** Returns this convolution with the same step in both directions. */
  public Conv2d withStride(int stride) {
    return withStride(Size2d.square(stride));
  }

  /** Returns this convolution with another step between neighbouring outputs. */
  public Conv2d withStride(Size2d stride) {
    return with(convolution.withStride(stride), padding);
  }

  /** Returns this convolution with as many zeros on all four sides. */
  public Conv2d withPadding(int zeros) {
    return withPadding(Size2d.square(zeros));
  }

  /** Returns this convolution with zeros above and below, left and right. */
  public Conv2d withPadding(Size2d zeros) {
    return with(convolution.withPadding(zeros), Padding.EXPLICIT);
  }

  /** Returns this convolution padded so that height and width stay; see {@link Padding#SAME}. */
  public Conv2d withSamePadding() {
    return with(convolution, Padding.SAME);
  }

  /** Returns this convolution with another step between the taps of a filter. */
  public Conv2d withDilation(int dilation) {
    return with(convolution.withDilation(Size2d.square(dilation)), padding);
  }

  /** Returns this convolution with its channels divided into independent groups. */
  public Conv2d withGroups(int groups) {
    return with(convolution.withGroups(groups), padding);
  }

  /** Returns this convolution with its weight drawn differently. */
  public Conv2d withWeight(Initializer other) {
    return new Conv2d(outChannels, kernel, convolution, padding, other, bias);
  }

  /** Returns this convolution with its bias drawn differently. */
  public Conv2d withBias(Initializer initializer) {
    return new Conv2d(
        outChannels, kernel, convolution, padding, weight, new Bias.Drawn(initializer));
  }

  /** Returns this convolution without a bias. */
  public Conv2d withoutBias() {
    return new Conv2d(outChannels, kernel, convolution, padding, weight, new Bias.None());
  }

  private Conv2d with(dev.kiln.op.Conv2d changed, Padding changedPadding) {
    return new Conv2d(outChannels, kernel, changed, changedPadding, weight, bias);
  }

  private static Size2d totalPadding(Size2d kernel, Size2d dilation) {
    return new Size2d(
        dilation.height() * (kernel.height() - 1), dilation.width() * (kernel.width() - 1));
  }

  @Override
  public Value apply(Scope scope, Value x) {
    scope.require(
        x.shape().rank() == 4,
        "conv2d: x must have the dimensions [N, C, H, W]; got x " + x.type());
    int groups = convolution.groups();
    int channels = x.shape().dim(1);
    scope.require(
        channels % groups == 0,
        "conv2d: the %d channels of x %s must divide into %d groups"
            .formatted(channels, x.type(), groups));
    int perGroup = channels / groups;
    Value w =
        scope.parameter(
            "weight", Shape.of(outChannels, perGroup, kernel.height(), kernel.width()), weight);
    long fanIn = (long) perGroup * kernel.height() * kernel.width();
    Value y =
        bias.parameter(scope, outChannels, fanIn)
            .map(b -> scope.ops().conv2d(convolution, x, w, b))
            .orElseGet(() -> scope.ops().conv2d(convolution, x, w));
    return padding == Padding.SAME ? withoutSurplus(scope, x, y) : y;
  }

  /** Cuts off the first row and column where an odd padding made the image one too large. */
  private static Value withoutSurplus(Scope scope, Value x, Value y) {
    Value result = y;
    for (int axis = 2; axis < 4; axis++) {
      int surplus = y.shape().dim(axis) - x.shape().dim(axis);
      if (surplus > 0) {
        result = scope.ops().slice(result, axis, surplus, y.shape().dim(axis));
      }
    }
    return result;
  }

  @Override
  public String describe() {
    StringBuilder text = new StringBuilder("Conv2d(" + outChannels + ", " + kernel);
    if (!convolution.stride().equals(Size2d.square(1))) {
      text.append(", stride ").append(convolution.stride());
    }
    if (padding == Padding.SAME) {
      text.append(", same padding");
    } else if (!convolution.padding().equals(Size2d.square(0))) {
      text.append(", padding ").append(convolution.padding());
    }
    if (!convolution.dilation().equals(Size2d.square(1))) {
      text.append(", dilation ").append(convolution.dilation());
    }
    if (convolution.groups() != 1) {
      text.append(", ").append(convolution.groups()).append(" groups");
    }
    return text.append(bias.describe()).append(')').toString();
  }
}
