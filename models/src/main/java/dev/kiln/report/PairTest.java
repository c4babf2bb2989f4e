package dev.kiln.report;

import dev.kiln.metrics.DeLongTest;
import dev.kiln.metrics.McNemarTest;
import dev.kiln.metrics.WilcoxonTest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether two runs differ by more than chance, on the same samples.
 *
 * @param first the name of the first run
 * @param second the name of the second run
 * @param mcNemar whether they err equally often, where a sample is right or wrong
 * @param deLong whether they have the same area under the ROC curve; of two classes alone
 * @param wilcoxon whether one has the lower errors, where a sample has an error of some size
 */
public record PairTest(
    String first,
    String second,
    Optional<McNemarTest> mcNemar,
    Optional<DeLongTest> deLong,
    Optional<WilcoxonTest> wilcoxon) {

  /** Returns the test of two runs whose samples are right or wrong. */
  public static PairTest ofRight(
      String first, String second, McNemarTest mcNemar, Optional<DeLongTest> deLong) {
    return new PairTest(first, second, Optional.of(mcNemar), deLong, Optional.empty());
  }

  /** Returns the test of two runs whose samples have errors of some size. */
  public static PairTest ofErrors(String first, String second, WilcoxonTest wilcoxon) {
    return new PairTest(first, second, Optional.empty(), Optional.empty(), Optional.of(wilcoxon));
  }

  /** Returns the tests as JSON has them. */
  public Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("first", first);
    values.put("second", second);
    values.put("mcnemar", mcNemar.map(PairTest::rights).orElse(null));
    values.put("delong", deLong.map(PairTest::areas).orElse(null));
    values.put("wilcoxon", wilcoxon.map(PairTest::errors).orElse(null));
    return values;
  }

  private static Map<String, Object> rights(McNemarTest test) {
    Map<String, Object> rights = new LinkedHashMap<>();
    rights.put("only_first_right", test.onlyFirstRight());
    rights.put("only_second_right", test.onlySecondRight());
    rights.put("p", test.pValue());
    return rights;
  }

  private static Map<String, @Nullable Object> areas(DeLongTest test) {
    Map<String, @Nullable Object> areas = new LinkedHashMap<>();
    areas.put("first_roc_auc", test.firstArea());
    areas.put("second_roc_auc", test.secondArea());
    areas.put("z", Json.number(test.z()));
    areas.put("p", test.pValue());
    return areas;
  }

  private static Map<String, Object> errors(WilcoxonTest test) {
    Map<String, Object> errors = new LinkedHashMap<>();
    errors.put("first_lower", test.firstLower());
    errors.put("second_lower", test.secondLower());
    errors.put("p", test.pValue());
    return errors;
  }
}
