package dev.kiln.models.task;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How a series goes on, in its own unit.
 *
 * @param series what messages call it
 * @param truth the true values, where they are known
 * @param values the values predicted
 * @param naive the values of the last season again
 */
record ForecastPrediction(String series, Optional<float[]> truth, float[] values, float[] naive)
    implements Prediction {

  @Override
  public String render(int most) {
    StringBuilder text = new StringBuilder(series).append(System.lineSeparator());
    text.append("  step  forecast  last season").append(truth.isPresent() ? "      truth" : "");
    text.append(System.lineSeparator());
    for (int step = 0; step < values.length; step++) {
      text.append(
          String.format(Locale.ROOT, "  %4d  %8.2f  %11.2f", step + 1, values[step], naive[step]));
      if (truth.isPresent()) {
        text.append(String.format(Locale.ROOT, "  %9.2f", truth.get()[step]));
      }
      text.append(System.lineSeparator());
    }
    return text.toString();
  }

  @Override
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("sample", series);
    map.put("values", values);
    map.put("last_season", naive);
    truth.ifPresent(known -> map.put("truth", known));
    return map;
  }
}
