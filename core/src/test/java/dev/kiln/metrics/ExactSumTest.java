package dev.kiln.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExactSumTest {
  @Property
  void isTheDecimalSumRoundedOnce(@ForAll("numbers") List<Double> numbers) {
    BigDecimal expected = BigDecimal.ZERO;
    for (double number : numbers) {
      expected = expected.add(new BigDecimal(number));
    }

    assertThat(sum(numbers).value()).isEqualTo(expected.doubleValue());
  }

  @Property
  void mergingIsAddingAll(
      @ForAll("numbers") List<Double> first, @ForAll("numbers") List<Double> second) {
    ExactSum merged = sum(first);
    merged.add(sum(second));
    ExactSum whole = sum(second);
    first.forEach(whole::add);

    assertThat(merged.value()).isEqualTo(whole.value());
    assertThat(merged.units()).isEqualTo(whole.units());
  }

  @Property
  void squaresAreNotRounded(@ForAll("moderate") double number) {
    ExactSum sum = new ExactSum();
    sum.addSquare(number);
    sum.add(-number * number);
    BigDecimal square = new BigDecimal(number).pow(2);

    assertThat(sum.value())
        .isEqualTo(square.subtract(new BigDecimal(number * number)).doubleValue());
  }

  @Example
  void keepsWhatOrdinaryAdditionLoses() {
    assertThat(sum(List.of(1e300, 1.0, -1e300)).value()).isEqualTo(1);
    assertThat(sum(List.of(Double.MIN_VALUE, Double.MAX_VALUE, -Double.MAX_VALUE)).value())
        .isEqualTo(Double.MIN_VALUE);
  }

  @Example
  void sumsBeyondTheLargestDoubleAreInfinite() {
    assertThat(sum(List.of(Double.MAX_VALUE, Double.MAX_VALUE)).value())
        .isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(sum(List.of(-Double.MAX_VALUE, -Double.MAX_VALUE)).value())
        .isEqualTo(Double.NEGATIVE_INFINITY);
  }

  @Example
  void anEmptyOrClearedSumIsZero() {
    ExactSum sum = sum(List.of(1.5));
    sum.clear();

    assertThat(sum.value()).isZero();
    assertThat(new ExactSum().value()).isZero();
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void onlyFiniteNumbersAreAdded(double number) {
    assertThatThrownBy(() -> new ExactSum().add(number))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(Double.toString(number));
  }

  @Provide
  Arbitrary<List<Double>> numbers() {
    Arbitrary<Double> anyBits =
        Arbitraries.longs().map(Double::longBitsToDouble).filter(Double::isFinite);
    Arbitrary<Double> alike = Arbitraries.doubles().between(-1, 1);
    return Arbitraries.oneOf(anyBits, alike).list().ofMaxSize(30);
  }

  @Provide
  Arbitrary<Double> moderate() {
    return Arbitraries.doubles().between(-1e100, 1e100).filter(x -> Math.abs(x) > 1e-100);
  }

  private static ExactSum sum(List<Double> numbers) {
    ExactSum sum = new ExactSum();
    numbers.forEach(sum::add);
    return sum;
  }
}
