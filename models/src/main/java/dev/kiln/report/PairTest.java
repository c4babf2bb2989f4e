package dev.kiln.report;

import dev.kiln.metrics.DeLongTest;
import dev.kiln.metrics.McNemarTest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether two runs differ by more than chance, on the same samples.
 *
 * @param first the name of the first run
 * @param second the name of the second run
 * @param mcNemar whether they err equally often
 * @param deLong whether they have the same area under the ROC curve; of two classes alone
 */
public record PairTest(
    String first, String second, McNemarTest mcNemar, Optional<DeLongTest> deLong) {

  /** Returns the tests as JSON has them. */
  public Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> errors = new LinkedHashMap<>();
    errors.put("only_first_right", mcNemar.onlyFirstRight());
    errors.put("only_second_right", mcNemar.onlySecondRight());
    errors.put("p", mcNemar.pValue());
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("first", first);
    values.put("second", second);
    values.put("mcnemar", errors);
    values.put("delong", deLong.map(PairTest::areas).orElse(null));
    return values;
  }

  private static Map<String, @Nullable Object> areas(DeLongTest test) {
    Map<String, @Nullable Object> areas = new LinkedHashMap<>();
    areas.put("first_roc_auc", test.firstArea());
    areas.put("second_roc_auc", test.secondArea());
    areas.put("z", Json.number(test.z()));
    areas.put("p", test.pValue());
    return areas;
  }
}
