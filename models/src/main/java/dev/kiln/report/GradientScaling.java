package dev.kiln.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How the gradients of a training in fp16 were scaled, up to some moment.
 *
 * @param lossScale what the loss was multiplied by before it was differentiated
 * @param skippedUpdates how many updates were left out so far, since gradients were not finite
 * @param updates how many updates were begun so far, those left out among them
 */
public record GradientScaling(double lossScale, long skippedUpdates, long updates) {

  /** Returns how it was at the end of a training; empty unless in fp16. */
  public static Optional<GradientScaling> after(List<Epoch> history) {
    return history.isEmpty() ? Optional.empty() : history.getLast().scaling();
  }

  /** Returns it as one sentence without a full stop. */
  public String sentence() {
    return String.format(
        Locale.ROOT,
        "gradients were scaled by %,.0f at last; %,d of %,d updates were skipped for overflow",
        lossScale,
        skippedUpdates,
        updates);
  }

  /** Returns it as JSON has it. */
  public Map<String, Object> toMap() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("loss_scale", lossScale);
    values.put("skipped_updates", skippedUpdates);
    values.put("updates", updates);
    return values;
  }
}
