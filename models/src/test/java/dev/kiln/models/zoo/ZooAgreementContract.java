package dev.kiln.models.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every network of the zoo trains the same on the CUDA backend and on the CPU from the same seed,
 * and twice to the same bits.
 */
abstract class ZooAgreementContract {

  /** Prepares the CUDA backend; skips the test where there is none. */
  abstract void openCuda();

  /** Returns how much is computed in a step. */
  abstract ZooTraining.Size size();

  /** Returns how many steps are compared. */
  abstract int steps();

  @TestFactory
  Stream<DynamicTest> lossesAgreeWithOneDnnAndRepeatToTheBit() {
    openCuda();
    return ZooTraining.all(size()).stream()
        .map(training -> DynamicTest.dynamicTest(training.name(), () -> check(training)));
  }

  private void check(ZooTraining training) {
    Agreement agreement = Agreement.of(training, steps());
    assertThat(agreement.cuda()).doesNotHaveDuplicates();
    assertThat(agreement.repeats()).isTrue();
    assertThat(agreement.largestDifference())
        .as("%s, on the CPU %s", agreement.cuda(), agreement.cpu())
        .isLessThanOrEqualTo(training.pace().tolerance());
  }
}
