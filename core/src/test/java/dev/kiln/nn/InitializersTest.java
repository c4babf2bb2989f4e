package dev.kiln.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.op.Unary;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.distribution.RealDistribution;
import org.apache.commons.math3.distribution.UniformRealDistribution;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class InitializersTest {

  /** A convolution's weight: fan-in 8 3 3 = 72, fan-out 16 3 3 = 144. */
  private static final Shape WEIGHT = Shape.of(16, 8, 3, 3);

  private static final int FAN_IN = 72;
  private static final int FAN_OUT = 144;
  private static final Philox RANDOM = new Philox(7, 0, 0);

  record Case(String name, Initializer initializer, RealDistribution distribution) {

    @Override
    public String toString() {
      return name;
    }
  }

  private static RealDistribution uniform(double bound) {
    return new UniformRealDistribution(-bound, bound);
  }

  private static RealDistribution normal(double deviation) {
    return new NormalDistribution(0, deviation);
  }

  /** The distributions as their papers and torch.nn.init state them. */
  static List<Case> distributions() {
    return List.of(
        new Case("uniform", Initializers.uniform(-1, 3), new UniformRealDistribution(-1, 3)),
        new Case("normal", Initializers.normal(2, 0.5), new NormalDistribution(2, 0.5)),
        new Case(
            "xavier uniform",
            Initializers.xavierUniform(2),
            uniform(2 * Math.sqrt(6.0 / (FAN_IN + FAN_OUT)))),
        new Case(
            "xavier normal",
            Initializers.xavierNormal(2),
            normal(2 * Math.sqrt(2.0 / (FAN_IN + FAN_OUT)))),
        new Case(
            "kaiming uniform, fan in",
            Initializers.kaimingUniform(Fan.IN, Math.sqrt(2)),
            uniform(Math.sqrt(6.0 / FAN_IN))),
        new Case(
            "kaiming uniform, fan out",
            Initializers.kaimingUniform(Fan.OUT, 1),
            uniform(Math.sqrt(3.0 / FAN_OUT))),
        new Case(
            "kaiming normal, fan in",
            Initializers.kaimingNormal(Fan.IN, Math.sqrt(2)),
            normal(Math.sqrt(2.0 / FAN_IN))),
        new Case(
            "kaiming normal, fan out",
            Initializers.kaimingNormal(Fan.OUT, Math.sqrt(2)),
            normal(Math.sqrt(2.0 / FAN_OUT))),
        new Case("PyTorch's default", Initializers.fanInUniform(), uniform(1 / Math.sqrt(FAN_IN))));
  }

  /** The seed is fixed, so this passes always or never; the test would notice an error of 5%. */
  @ParameterizedTest
  @MethodSource("distributions")
  void drawsItsDistribution(Case of) {
    double[] values = of.initializer().draw(WEIGHT, RANDOM);
    assertThat(values).hasSize(1152);
    assertThat(distance(values, of.distribution())).isLessThan(0.04);
    RealDistribution wider =
        new NormalDistribution(
            of.distribution().getNumericalMean(),
            1.5 * Math.sqrt(of.distribution().getNumericalVariance()));
    assertThat(distance(values, wider)).isGreaterThan(0.04);
  }

  /** The largest distance between the distribution functions (Kolmogorov, Smirnov). */
  private static double distance(double[] values, RealDistribution distribution) {
    return new KolmogorovSmirnovTest().kolmogorovSmirnovStatistic(distribution, values);
  }

  @Test
  void truncatedNormalIsTheNormalDistributionWithinItsRange() {
    double low = 1;
    double high = 2.5;
    NormalDistribution normal = new NormalDistribution(2, 0.7);
    double[] values = Initializers.truncatedNormal(2, 0.7, low, high).draw(Shape.of(4000), RANDOM);
    assertThat(Arrays.stream(values)).allMatch(value -> low <= value && value <= high);
    double below = normal.cumulativeProbability(low);
    double inside = normal.cumulativeProbability(high) - below;
    double[] probabilities =
        Arrays.stream(values)
            .map(v -> (normal.cumulativeProbability(v) - below) / inside)
            .toArray();
    assertThat(distance(probabilities, new UniformRealDistribution(0, 1))).isLessThan(0.025);
  }

  @Test
  void truncatedNormalReachesTwoDeviationsUnlessToldOtherwise() {
    double[] values = Initializers.truncatedNormal(0, 3).draw(Shape.of(4000), RANDOM);
    assertThat(Arrays.stream(values).min().orElseThrow()).isBetween(-6.0, -5.8);
    assertThat(Arrays.stream(values).max().orElseThrow()).isBetween(5.8, 6.0);
  }

  @Test
  void constantsAreConstant() {
    assertThat(Initializer.constant(0.25).draw(Shape.of(2, 3), RANDOM)).containsOnly(0.25);
    assertThat(Initializer.zeros().draw(Shape.of(3), RANDOM)).containsExactly(0, 0, 0);
    assertThat(Initializer.ones().draw(Shape.of(3), RANDOM)).containsExactly(1, 1, 1);
  }

  /** The rows are orthonormal; where there are more rows than columns, the columns are. */
  @Property(tries = 60)
  void orthogonalMatricesAreOrthogonal(
      @ForAll @IntRange(min = 1, max = 20) int rows,
      @ForAll @IntRange(min = 1, max = 20) int columns,
      @ForAll long seed) {
    double gain = 1.5;
    double[] q =
        Initializers.orthogonal(gain).draw(Shape.of(rows, columns), new Philox(seed, 3, 0));
    boolean wide = columns >= rows;
    int vectors = Math.min(rows, columns);
    int length = Math.max(rows, columns);
    for (int a = 0; a < vectors; a++) {
      for (int b = 0; b < vectors; b++) {
        double product = 0;
        for (int i = 0; i < length; i++) {
          product +=
              wide
                  ? q[a * columns + i] * q[b * columns + i]
                  : q[i * columns + a] * q[i * columns + b];
        }
        assertThat(product).isCloseTo(a == b ? gain * gain : 0, within(1e-12));
      }
    }
  }

  /** Q is the factor with a positive diagonal of R, so that Q'A is upper triangular like that. */
  @Property(tries = 40)
  void orthogonalFactorLeavesAPositiveDiagonal(
      @ForAll @IntRange(min = 1, max = 8) int columns,
      @ForAll @IntRange(min = 0, max = 8) int more,
      @ForAll long seed) {
    int rows = columns + more;
    double[] a = new double[rows * columns];
    new Philox(seed, 0, 0).fillNormal(a);
    double[] q = OrthonormalMatrix.of(a, rows, columns);
    for (int i = 0; i < columns; i++) {
      for (int j = 0; j <= i; j++) {
        double r = 0; // Q' [columns,rows] · A [rows,columns] -> R [columns,columns]
        for (int row = 0; row < rows; row++) {
          r += q[row * columns + i] * a[row * columns + j];
        }
        if (j < i) {
          assertThat(r).isCloseTo(0, within(1e-12));
        } else {
          assertThat(r).isPositive();
        }
      }
    }
  }

  @Test
  void aConvolutionsWeightIsOrthogonalAsAMatrixOfItsFilters() {
    assertThat(Initializers.orthogonal(1).draw(WEIGHT, RANDOM))
        .isEqualTo(Initializers.orthogonal(1).draw(Shape.of(16, 72), RANDOM));
  }

  @Property(tries = 20)
  void twoDrawsAreTheSameBitsAndTwoStreamsAreNot(@ForAll long seed) {
    Map<String, Initializer> all =
        Map.of(
            "uniform", Initializers.uniform(-1, 1),
            "normal", Initializers.normal(0, 1),
            "truncated", Initializers.truncatedNormal(0, 1),
            "kaiming", Initializers.kaimingNormal(Fan.IN, 1),
            "orthogonal", Initializers.orthogonal(1));
    Shape shape = Shape.of(5, 4);
    all.forEach((name, initializer) -> {
      double[] values = initializer.draw(shape, new Philox(seed, 1, 0));
      assertThat(initializer.draw(shape, new Philox(seed, 1, 0))).as(name).isEqualTo(values);
      assertThat(initializer.draw(shape, new Philox(seed, 2, 0))).as(name).isNotEqualTo(values);
    });
  }

  @ParameterizedTest
  @CsvSource({"IDENTITY, 1", "SIGMOID, 1", "TANH, 1.6666667", "RELU, 1.4142136", "SELU, 0.75"})
  void gainsAreThoseOfPyTorch(Unary activation, double gain) {
    assertThat(Gain.of(activation)).isCloseTo(gain, within(1e-7));
  }

  @Test
  void leakyReluHasTheGainOfItsSlope() {
    assertThat(Gain.leakyRelu(0.2)).isCloseTo(Math.sqrt(2 / 1.04), within(1e-15));
    assertThat(Gain.of(Unary.LEAKY_RELU)).isEqualTo(Gain.leakyRelu(0.01));
  }

  @Test
  void refusesWhatHasNoMeaning() {
    assertThatThrownBy(() -> Initializers.uniform(1, 1)).hasMessageContaining("[1.0, 1.0)");
    assertThatThrownBy(() -> Initializers.normal(0, 0)).hasMessageContaining("positive");
    assertThatThrownBy(() -> Initializers.normal(0, Double.NaN)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> Initializers.truncatedNormal(0, 1, 9, 10))
        .hasMessageContaining("within five deviations");
    assertThatThrownBy(() -> Initializers.fanInUniform().draw(Shape.of(5), RANDOM))
        .hasMessageContaining("only a weight [out, in, ...] has a fan, not one of the shape [5]");
    assertThatThrownBy(() -> Initializers.orthogonal(1).draw(Shape.of(5), RANDOM))
        .hasMessageContaining("can be orthogonal, not one of the shape [5]");
    assertThatThrownBy(() -> Gain.of(Unary.STEP)).hasMessageContaining("established for step");
  }
}
