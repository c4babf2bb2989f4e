package dev.kiln.models.task;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Predicted values, in the unit of the data.
 *
 * @param sample the name of the sample
 * @param truth the true values, where they are known
 * @param values the values predicted
 */
record ValuePrediction(String sample, Optional<float[]> truth, float[] values)
    implements Prediction {

  @Override
  public String render(int most) {
    return sample
        + ": "
        + Arrays.toString(values)
        + truth.map(known -> ", truly " + text(known)).orElse("")
        + System.lineSeparator();
  }

  private static String text(float[] known) {
    return known.length == 1 ? String.valueOf(known[0]) : Arrays.toString(known);
  }

  @Override
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("sample", sample);
    map.put("values", values);
    truth.ifPresent(known -> map.put("truth", known.length == 1 ? known[0] : known));
    return map;
  }
}
