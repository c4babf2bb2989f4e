package dev.kiln.cpu.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.op.Conv2d;
import dev.kiln.op.Pool2d;
import dev.kiln.op.Size2d;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** A convolution worked by hand: an image of 6x6 under a filter of 3x3. */
class WorkedConvolutionTest {

  private static final Tensor IMAGE =
      Tensor.of(
          Shape.of(1, 1, 6, 6),
          new float[] {
            18, 54, 51, 239, 244, 188,
            55, 121, 75, 78, 95, 88,
            35, 24, 204, 113, 109, 221,
            3, 154, 104, 235, 25, 130,
            15, 253, 225, 159, 78, 233,
            68, 85, 180, 214, 245, 0
          });
  private static final Tensor FILTER =
      Tensor.of(Shape.of(1, 1, 3, 3), new float[] {1, 0, 1, 0, 1, 0, 1, 0, 1});

  @Test
  void strideOne() {
    Tensor y = Running.first(Conv2d.PLAIN, IMAGE, FILTER);
    assertThat(y.shape()).isEqualTo(Shape.of(1, 1, 4, 4));
    assertThat(y.toFloatArray())
        .containsExactly(
            429, 505, 686, 856, //
            261, 792, 412, 640, //
            633, 653, 851, 751, //
            608, 913, 713, 657);
  }

  @Test
  void strideTwo() {
    Tensor y = Running.first(Conv2d.PLAIN.withStride(Size2d.square(2)), IMAGE, FILTER);
    assertThat(y.shape()).isEqualTo(Shape.of(1, 1, 2, 2));
    assertThat(y.toFloatArray()).containsExactly(429, 686, 633, 851);
  }

  @Test
  void paddingThatKeepsTheSize() {
    Tensor y = Running.first(Conv2d.PLAIN.withPadding(Size2d.square(1)), IMAGE, FILTER);
    assertThat(y.toFloatArray())
        .containsExactly(
            139, 184, 250, 409, 410, 283, //
            133, 429, 505, 686, 856, 441, //
            310, 261, 792, 412, 640, 341, //
            280, 633, 653, 851, 751, 317, //
            254, 608, 913, 713, 657, 503, //
            321, 325, 592, 517, 637, 78);
  }

  @Test
  void maxPoolingOfTheResult() {
    Tensor y = Running.first(Conv2d.PLAIN, IMAGE, FILTER);
    Pool2d pool = new Pool2d(Pool2d.Kind.MAX, Size2d.square(2), Size2d.square(2), Size2d.square(0));
    assertThat(Running.first(pool, y).toFloatArray()).containsExactly(792, 856, 913, 851);
  }

  @Test
  void tenFiltersOnAColourImage() {
    Tensor image = Numbers.normal(1, 1, 3, 32, 32);
    Tensor filters = Numbers.normal(2, 10, 3, 3, 3);
    assertThat(Running.first(Conv2d.PLAIN, image, filters).shape())
        .isEqualTo(Shape.of(1, 10, 30, 30));
  }
}
