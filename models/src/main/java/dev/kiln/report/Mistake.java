package dev.kiln.report;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A sample that is shown for what the model says of it, mostly something wrong.
 *
 * @param name what the sample is called, such as {@code test 17}
 * @param exhibit what it looks like
 * @param truth what it is; null where nothing is said of it as a whole
 * @param said what the model says it is; null likewise
 * @param severity how wrong that is, in words, such as {@code 3% for the truth}
 * @param confidence the probability the model gave to what it says; null where it gives none
 */
public record Mistake(
    String name,
    Exhibit exhibit,
    @Nullable String truth,
    @Nullable String said,
    String severity,
    @Nullable Double confidence) {

  Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("name", name);
    switch (exhibit) {
      case Exhibit.Picture picture -> values.put("image", picture.dataUri());
      case Exhibit.Text text -> values.put("text", text.text());
    }
    values.put("truth", truth);
    values.put("said", said);
    values.put("severity", severity);
    values.put("confidence", confidence);
    return values;
  }
}
