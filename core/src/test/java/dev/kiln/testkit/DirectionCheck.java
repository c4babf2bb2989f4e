package dev.kiln.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Backend;
import dev.kiln.backend.BackendProvider;
import dev.kiln.check.GradientCheck;
import dev.kiln.tensor.DType;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Confirms every gradient rule by differences, without trusting any: {@link GradientCheck}. */
public abstract class DirectionCheck {

  /** Returns the provider of a backend that computes in double precision. */
  protected abstract BackendProvider provider();

  @TestFactory
  Stream<DynamicTest> differencesConfirmTheGradient() {
    return OpSamples.all().stream()
        .filter(DirectionCheck::canBeChecked)
        .map(sample -> DynamicTest.dynamicTest(sample.name(), () -> check(sample)));
  }

  /** Every operation that has a gradient is checked in some sample. */
  @Test
  void noGradientGoesUnchecked() {
    Set<Class<?>> checked = new HashSet<>();
    Set<Class<?>> differentiable = new HashSet<>();
    for (Sample sample : OpSamples.all()) {
      if (!sample.differentiable().isEmpty() && !sample.isGradient()) {
        differentiable.add(sample.spec().getClass());
      }
      if (canBeChecked(sample)) {
        checked.add(sample.spec().getClass());
      }
    }
    assertThat(checked).isNotEmpty().containsAll(differentiable);
  }

  /** Whether the gradient exists and nothing is rounded to less than double precision. */
  private static boolean canBeChecked(Sample sample) {
    return sample.smooth()
        && !sample.differentiable().isEmpty()
        && !sample.isGradient()
        && sample.spec().infer(sample.types(DType.F64)).getFirst().dtype() == DType.F64;
  }

  private void check(Sample sample) {
    try (Backend backend = provider().open(0)) {
      assertThat(
              GradientCheck.run(
                  backend,
                  sample.spec(),
                  sample.values(DType.F64),
                  sample.differentiable(),
                  sample.differentiableResults(),
                  sample.name().hashCode()))
          .hasSameSizeAs(sample.differentiable())
          .allMatch(GradientCheck.Result::passes);
    }
  }
}
