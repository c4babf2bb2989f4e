package dev.kiln.models.explain;

import dev.kiln.backend.Backend;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.Autodiff;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.graph.Ops;
import dev.kiln.op.Conv2d;
import dev.kiln.op.Pool2d;
import dev.kiln.op.Size2d;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A filter over a small image: convolution with different strides and paddings, max pooling, and
 * how a gradient finds its way back through both.
 */
final class ConvolutionExample {

  private static final int SIDE = 6;
  private static final int KERNEL = 3;

  private static final Tensor IMAGE =
      Tensor.of(
          Shape.of(1, 1, SIDE, SIDE),
          new double[] {
            18, 54, 51, 239, 244, 188, //
            55, 121, 75, 78, 95, 88, //
            35, 24, 204, 113, 109, 221, //
            3, 154, 104, 235, 25, 130, //
            15, 253, 225, 159, 78, 233, //
            68, 85, 180, 214, 245, 0
          });

  private static final Tensor FILTER =
      Tensor.of(Shape.of(1, 1, KERNEL, KERNEL), 1.0, 0, 1, 0, 1, 0, 1, 0, 1);

  private static final Pool2d POOLING =
      new Pool2d(Pool2d.Kind.MAX, Size2d.square(2), Size2d.square(2), Size2d.square(0));

  private final GraphBuilder builder = new GraphBuilder();
  private final Value image = builder.input("image", IMAGE.type());
  private final Value filter = builder.input("filter", FILTER.type());
  private final Value plain;
  private final Value strided;
  private final Value same;
  private final Value pooled;
  private final Value plainGradient;
  private final Value filterGradient;

  private ConvolutionExample() {
    Ops ops = builder.ops();
    plain = ops.conv2d(Conv2d.PLAIN, image, filter);
    strided = ops.conv2d(Conv2d.PLAIN.withStride(Size2d.square(2)), image, filter);
    same = ops.conv2d(Conv2d.PLAIN.withPadding(Size2d.square(1)), image, filter);
    pooled = ops.pool2d(POOLING, plain);
    List<Value> gradients = Autodiff.gradients(builder, ops.sum(pooled), List.of(plain, filter));
    plainGradient = gradients.get(0);
    filterGradient = gradients.get(1);
  }

  /** Computes the example and explains it. */
  static Explanation explain(Backend backend) {
    ConvolutionExample example = new ConvolutionExample();
    List<Value> outputs =
        List.of(
            example.plain,
            example.strided,
            example.same,
            example.pooled,
            example.plainGradient,
            example.filterGradient);
    try (Variables variables = new Variables(backend);
        Session session = Session.open(backend, example.builder.build(outputs), variables)) {
      session.feed(example.image, IMAGE);
      session.feed(example.filter, FILTER);
      session.run();
      return new Explanation("A filter moves over an image", example.steps(session));
    }
  }

  private List<ExplanationStep> steps(Session session) {
    return List.of(
        new ExplanationStep(
            "The image and the filter",
            "",
            """
            An image is a table of brightness values, here of 6x6 pixels. A filter is a smaller table
            of weights. A convolutional layer learns these weights; here they are given.\
            """,
            List.of(table("image [6, 6]", IMAGE), table("filter [3, 3]", FILTER))),
        new ExplanationStep(
            "Forward: the filter at its first place",
            firstWindow(session.read(plain).get(0)),
            """
            Lay the filter on the upper left corner, multiply every pixel by the weight above it, and
            sum up. Pixels under a weight of 0 are left out here.\
            """,
            List.of()),
        new ExplanationStep(
            "Forward: the filter at every place",
            "output[i, j] = sum over a, b of image[i + a, j + b] filter[a, b]",
            """
            Then move it by one pixel, again and again, row by row: stride 1. Every place gives one
            number. The same nine weights are used everywhere, so a pattern is found wherever it
            is.\
            """,
            List.of(table("stride 1 [4, 4]", session.read(plain)))),
        new ExplanationStep(
            "Forward: a larger stride",
            "output[i, j] = sum over a, b of image[2 i + a, 2 j + b] filter[a, b]",
            "With stride 2 the filter moves by two pixels at a time, and the output is half as"
                + " large.",
            List.of(table("stride 2 [2, 2]", session.read(strided)))),
        new ExplanationStep(
            "Forward: padding",
            "",
            """
            Without padding the output is smaller than the image, and the border counts less than the
            middle. With one row of zeros around it the image keeps its size: same padding.\
            """,
            List.of(table("same padding [6, 6]", session.read(same)))),
        new ExplanationStep(
            "The size of the output",
            "(W - F + 2 P) / S + 1\n" + String.join("\n", sizes()),
            """
            W is the size of the image, F that of the filter, P the padding on each side, S the
            stride; the quotient is rounded down. Colour images have three channels, and a filter has
            a table for each of them; every filter gives one channel of the output. The framework
            infers every shape by this rule.\
            """,
            List.of()),
        new ExplanationStep(
            "Forward: max pooling",
            "output[i, j] = max of the 2x2 window at [2 i, 2 j]",
            """
            Pooling makes the result of stride 1 smaller: of every window of 2x2 only the largest
            value stays. It says that the pattern was there, no longer exactly where.\
            """,
            List.of(table("max pooling [2, 2]", session.read(pooled)))),
        new ExplanationStep(
            "Backward: through the pooling",
            "gradient = 1 where the maximum stood, else 0",
            """
            How does the sum of the pooled values change with each value before the pooling? Only the
            largest of each window reached the output, so only it gets the gradient.\
            """,
            List.of(table("gradient of the stride 1 result [4, 4]", session.read(plainGradient)))),
        new ExplanationStep(
            "Backward: to the filter",
            "gradient[a, b] = sum over i, j of image[i + a, j + b] gradient[i, j]",
            """
            A weight of the filter was used at every place; its gradient is the sum over all places of
            the pixel that lay under it, times the gradient that came back to that place. An update
            would move each weight by this, times the learning rate.\
            """,
            List.of(table("gradient of the filter [3, 3]", session.read(filterGradient)))));
  }

  /** The last two dimensions as a table of whole numbers. */
  private static Table table(String name, Tensor values) {
    return new Table(name, values.reshape(values.shape().dim(-2), values.shape().dim(-1)), 0);
  }

  /** The products under the filter's first place that are not 0, and their sum. */
  private static String firstWindow(double sum) {
    List<String> products = new ArrayList<>();
    for (int row = 0; row < KERNEL; row++) {
      for (int column = 0; column < KERNEL; column++) {
        double weight = FILTER.get(row * KERNEL + column);
        if (weight != 0) {
          products.add(
              String.format(Locale.ROOT, "%.0f * %.0f", IMAGE.get(row * SIDE + column), weight));
        }
      }
    }
    return String.join(" + ", products) + String.format(Locale.ROOT, " = %.0f", sum);
  }

  private static List<String> sizes() {
    Conv2d plain = Conv2d.PLAIN;
    return List.of(
        size(plain, Shape.of(1, 1, SIDE, SIDE), 1),
        size(plain.withStride(Size2d.square(2)), Shape.of(1, 1, SIDE, SIDE), 1),
        size(plain.withPadding(Size2d.square(1)), Shape.of(1, 1, SIDE, SIDE), 1),
        size(plain, Shape.of(1, 3, 32, 32), 10));
  }

  /** What the shape rule of the convolution says of an image, as in {@code 6x6x1 -> 4x4x1}. */
  private static String size(Conv2d conv, Shape image, int filters) {
    Shape weight = Shape.of(filters, image.dim(1), KERNEL, KERNEL);
    Shape output =
        conv.infer(List.of(TensorType.of(DType.F64, image), TensorType.of(DType.F64, weight)))
            .getFirst()
            .shape();
    return "%dx%dx%d by %s of 3x3, stride %d, padding %d -> %dx%dx%d"
        .formatted(
            image.dim(2),
            image.dim(3),
            image.dim(1),
            filters == 1 ? "1 filter" : filters + " filters",
            conv.stride().height(),
            conv.padding().height(),
            output.dim(2),
            output.dim(3),
            output.dim(1));
  }
}
