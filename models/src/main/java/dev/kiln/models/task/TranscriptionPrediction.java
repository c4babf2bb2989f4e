package dev.kiln.models.task;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a word may be written in signs.
 *
 * @param word the word
 * @param truth the true signs, where they are known
 * @param found what the search found, the best first
 */
record TranscriptionPrediction(String word, Optional<List<String>> truth, List<Found> found)
    implements Prediction {

  /**
   * One possibility.
   *
   * @param signs the signs
   * @param probability how probable the network holds exactly these
   */
  record Found(List<String> signs, double probability) {}

  @Override
  public String render(int most) {
    StringBuilder text = new StringBuilder();
    text.append(
        "%s: %s%s%n"
            .formatted(
                word,
                String.join(" ", found.getFirst().signs),
                truth.map(known -> ", truly " + String.join(" ", known)).orElse("")));
    for (Found each : found.subList(0, Math.min(most, found.size()))) {
      text.append("  %.4f  %s%n".formatted(each.probability, String.join(" ", each.signs)));
    }
    return text.toString();
  }

  @Override
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("sample", word);
    map.put("signs", found.getFirst().signs);
    truth.ifPresent(known -> map.put("truth", known));
    map.put(
        "alternatives",
        found.stream()
            .map(each -> Map.of("signs", each.signs, "probability", each.probability))
            .toList());
    return map;
  }
}
