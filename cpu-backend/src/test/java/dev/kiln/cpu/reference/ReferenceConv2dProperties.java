package dev.kiln.cpu.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.kiln.op.Conv2d;
import dev.kiln.op.Size2d;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Convolutions of any geometry against the formula itself, and their gradients as its adjoints. */
class ReferenceConv2dProperties {

  /** A convolution with the shapes of its operands. */
  record Case(Conv2d conv, Shape x, Shape weight) {

    Shape y() {
      return conv.infer(List.of(TensorType.of(DType.F64, x), TensorType.of(DType.F64, weight)))
          .getFirst()
          .shape();
    }
  }

  @Provide
  Arbitrary<Case> cases() {
    Arbitrary<Integer> small = Arbitraries.integers().between(1, 3);
    Arbitrary<Size2d> size = Combinators.combine(small, small).as(Size2d::new);
    Arbitrary<Size2d> padding =
        Combinators.combine(
                Arbitraries.integers().between(0, 4), Arbitraries.integers().between(0, 4))
            .as(Size2d::new);
    Arbitrary<Conv2d> conv = Combinators.combine(size, padding, size, small).as(Conv2d::new);
    Arbitrary<int[]> extents = Arbitraries.integers().between(1, 9).array(int[].class).ofSize(2);
    Arbitrary<int[]> counts = small.array(int[].class).ofSize(5);
    return Combinators.combine(conv, extents, counts)
        .as((attributes, plane, count) ->
            new Case(
                attributes,
                Shape.of(count[0], count[1] * attributes.groups(), plane[0], plane[1]),
                Shape.of(count[2] * attributes.groups(), count[1], count[3], count[4])))
        .filter(ReferenceConv2dProperties::filterFits);
  }

  private static boolean filterFits(Case c) {
    Size2d padding = c.conv.padding();
    Size2d dilation = c.conv.dilation();
    return dilation.height() * (c.weight.dim(2) - 1) < c.x.dim(2) + 2 * padding.height()
        && dilation.width() * (c.weight.dim(3) - 1) < c.x.dim(3) + 2 * padding.width();
  }

  @Property(tries = 300)
  void isTheSumOverTheWindow(@ForAll("cases") Case c) {
    Tensor x = Numbers.normal(1, c.x);
    Tensor weight = Numbers.normal(2, c.weight);
    Tensor bias = Numbers.normal(3, c.weight.dim(0));
    assertThat(Running.first(c.conv, x, weight, bias).toDoubleArray())
        .containsExactly(formula(c, x, weight, bias), offset(1e-12));
  }

  /** The definition, one output after the other, with padding looked up as zero. */
  private static double[] formula(Case c, Tensor x, Tensor weight, Tensor bias) {
    Shape y = c.y();
    double[] result = new double[(int) y.elements()];
    int filtersPerGroup = c.weight.dim(0) / c.conv.groups();
    for (int i = 0; i < result.length; i++) {
      int column = i % y.dim(3);
      int row = i / y.dim(3) % y.dim(2);
      int filter = i / (y.dim(3) * y.dim(2)) % y.dim(1);
      int sample = i / (y.dim(3) * y.dim(2) * y.dim(1));
      double sum = bias.get(filter);
      for (int k = 0; k < c.weight.elements(1, 4); k++) {
        int tapColumn = k % c.weight.dim(3);
        int tapRow = k / c.weight.dim(3) % c.weight.dim(2);
        int channel = k / (c.weight.dim(3) * c.weight.dim(2));
        int h =
            row * c.conv.stride().height()
                - c.conv.padding().height()
                + tapRow * c.conv.dilation().height();
        int w =
            column * c.conv.stride().width()
                - c.conv.padding().width()
                + tapColumn * c.conv.dilation().width();
        if (h >= 0 && h < c.x.dim(2) && w >= 0 && w < c.x.dim(3)) {
          int inputChannel = filter / filtersPerGroup * c.weight.dim(1) + channel;
          int plane = sample * c.x.dim(1) + inputChannel;
          sum +=
              weight.get(filter * c.weight.elements(1, 4) + k)
                  * x.get((long) (plane * c.x.dim(2) + h) * c.x.dim(3) + w);
        }
      }
      result[i] = sum;
    }
    return result;
  }

  @Property(tries = 300)
  void inputGradientIsTheAdjoint(@ForAll("cases") Case c) {
    Tensor x = Numbers.normal(1, c.x);
    Tensor weight = Numbers.normal(2, c.weight);
    Tensor dy = Numbers.normal(3, c.y());
    Tensor dx = Running.first(new Conv2d.InputGrad(c.conv, c.x), dy, weight);
    double forward = Numbers.dot(Running.first(c.conv, x, weight), dy);
    assertThat(Numbers.dot(x, dx)).isEqualTo(forward, offset(1e-11 * (1 + Math.abs(forward))));
  }

  @Property(tries = 300)
  void weightGradientIsTheAdjoint(@ForAll("cases") Case c) {
    Tensor x = Numbers.normal(1, c.x);
    Tensor weight = Numbers.normal(2, c.weight);
    Tensor bias = Numbers.normal(4, c.weight.dim(0));
    Tensor dy = Numbers.normal(3, c.y());
    List<Tensor> gradients = Running.run(new Conv2d.WeightGrad(c.conv, c.weight, true), x, dy);
    double forward = Numbers.dot(Running.first(c.conv, x, weight, bias), dy);
    double backward = Numbers.dot(weight, gradients.get(0)) + Numbers.dot(bias, gradients.get(1));
    assertThat(backward).isEqualTo(forward, offset(1e-11 * (1 + Math.abs(forward))));
  }
}
