package dev.kiln.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Samples that show what a model finds hard, or easy.
 *
 * @param title what they have in common
 * @param samples the samples, the most telling first
 */
public record Gallery(String title, List<Mistake> samples) {

  /** Copies the list. */
  public Gallery {
    samples = List.copyOf(samples);
  }

  Map<String, Object> toMap() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("title", title);
    values.put("samples", samples.stream().map(Mistake::toMap).toList());
    return values;
  }
}
