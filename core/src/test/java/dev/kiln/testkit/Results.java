package dev.kiln.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.check.Deviation;
import dev.kiln.check.Tolerance;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * What was computed, to be compared with what should be. What is {@link DType#OPAQUE} means
 * something to its backend alone and is left out; the gradients show whether it is right.
 *
 * @param of what they are results of, for messages
 * @param got the results
 */
record Results(String of, List<Tensor> got) {

  /** Asserts that every element is within a tolerance. */
  void areClose(Tolerance tolerance, List<Tensor> want) {
    assertThat(got).hasSameSizeAs(want);
    for (int i = 0; i < got.size(); i++) {
      if (want.get(i).type().dtype() != DType.OPAQUE) {
        Deviation worst = tolerance.worst("result " + i, got.get(i), want.get(i));
        assertThat(worst).as(of).matches(Deviation::passes, "is within tolerance");
      }
    }
  }

  /**
   * Asserts that whole tensors are close: a state rounded otherwise can change which way a
   * rectifier goes in all steps after it, so that single elements say little.
   *
   * @param relative how far, as a part of the norm
   */
  void areCloseInNorm(double relative, List<Tensor> want) {
    assertThat(got).hasSameSizeAs(want);
    for (int i = 0; i < got.size(); i++) {
      if (want.get(i).type().dtype() != DType.OPAQUE) {
        double[] expected = want.get(i).toDoubleArray();
        double[] difference = got.get(i).toDoubleArray();
        for (int k = 0; k < expected.length; k++) {
          if (Double.isNaN(expected[k]) && Double.isNaN(difference[k])) {
            expected[k] = 0; // the sequence has no valid length
            difference[k] = 0;
          } else {
            difference[k] -= expected[k];
          }
        }
        assertThat(norm(difference))
            .as("%s, result %d", of, i)
            .isLessThanOrEqualTo(relative * (norm(expected) + 1e-3));
      }
    }
  }

  private static double norm(double[] values) {
    return Math.sqrt(Arrays.stream(values).map(value -> value * value).sum());
  }

  /** Asserts that every bit is the same. */
  void haveTheBitsOf(List<Tensor> want) {
    assertThat(got).hasSameSizeAs(want);
    for (int i = 0; i < got.size(); i++) {
      assertThat(got.get(i).data().mismatch(want.get(i).data()))
          .as("%s, result %d", of, i)
          .isEqualTo(-1);
    }
  }
}
