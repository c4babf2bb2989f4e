package dev.kiln.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the losses on training and validation data say of how a training went.
 *
 * @param verdict what happened
 * @param sentence the same in plain words, with the figures it rests on
 */
public record GeneralizationGap(Verdict verdict, String sentence) {

  /** What happened in a training, told from its losses. */
  public enum Verdict {
    /** There is no validation loss to compare with. */
    NOT_MEASURED,
    /** There are too few epochs to tell. */
    TOO_SHORT,
    /** The validation loss has risen by {@link #RISE} since its lowest while training's fell. */
    OVERFITTING,
    /** The last epoch was the best, and the last tenth of the epochs still gained {@link #GAIN}. */
    STILL_LEARNING,
    /** Neither loss fell by {@link #FALL} below what it was after the first epoch. */
    UNDERFITTING,
    /** The validation loss neither rose much from its lowest nor would fall much further. */
    BALANCED
  }

  private static final int FEWEST_EPOCHS = 3;
  private static final double RISE = 0.10;
  private static final double GAIN = 0.03;
  private static final double FALL = 0.05;

  /** Judges a training by its epochs. */
  public static GeneralizationGap of(List<Epoch> history) {
    if (history.isEmpty() || Double.isNaN(history.getLast().validationLoss())) {
      return new GeneralizationGap(
          Verdict.NOT_MEASURED,
          "There is no validation loss, so nothing can be said of under- or overfitting.");
    }
    if (history.size() < FEWEST_EPOCHS) {
      return new GeneralizationGap(
          Verdict.TOO_SHORT,
          String.format(
              Locale.ROOT,
              "%s too few to tell under- from overfitting. %s",
              history.size() == 1 ? "One epoch is" : history.size() + " epochs are",
              gap(history.getLast())));
    }
    return judged(history);
  }

  private static GeneralizationGap judged(List<Epoch> history) {
    Epoch first = history.getFirst();
    Epoch last = history.getLast();
    Epoch lowest = lowest(history);
    if (last.validationLoss() > (1 + RISE) * lowest.validationLoss()
        && last.trainingLoss() < lowest.trainingLoss()) {
      return new GeneralizationGap(
          Verdict.OVERFITTING,
          String.format(
              Locale.ROOT,
              "Overfitting after epoch %d: since then the training loss fell from %s to %s, but the"
                  + " validation loss rose from %s to %s. The best checkpoint is that of epoch %d;"
                  + " more data, augmentation, dropout, weight decay or a smaller network may"
                  + " help.",
              lowest.number(),
              loss(lowest.trainingLoss()),
              loss(last.trainingLoss()),
              loss(lowest.validationLoss()),
              loss(last.validationLoss()),
              best(history).number()));
    }
    if (last.trainingLoss() > (1 - FALL) * first.trainingLoss()
        && lowest.validationLoss() > (1 - FALL) * first.validationLoss()) {
      return new GeneralizationGap(
          Verdict.UNDERFITTING,
          String.format(
              Locale.ROOT,
              "Underfitting: the training loss fell only from %s to %s. A larger network, another"
                  + " learning rate or more epochs may help.",
              loss(first.trainingLoss()),
              loss(last.trainingLoss())));
    }
    Epoch earlier = history.get(history.size() - 1 - Math.max(1, history.size() / 10));
    if (lowest.number() == last.number()
        && last.validationLoss() < (1 - GAIN) * earlier.validationLoss()) {
      return new GeneralizationGap(
          Verdict.STILL_LEARNING,
          String.format(
              Locale.ROOT,
              "Still learning: the last epoch was the best, and the validation loss fell from %s in"
                  + " epoch %d to %s. More epochs would lower it further. %s",
              loss(earlier.validationLoss()),
              earlier.number(),
              loss(last.validationLoss()),
              gap(last)));
    }
    return new GeneralizationGap(
        Verdict.BALANCED,
        String.format(
            Locale.ROOT,
            "Neither under- nor overfitting stands out: the validation loss was lowest in epoch %d,"
                + " with %s, and is %s after the last. %s",
            lowest.number(),
            loss(lowest.validationLoss()),
            loss(last.validationLoss()),
            gap(last)));
  }

  private static Epoch lowest(List<Epoch> history) {
    Epoch lowest = history.getFirst();
    for (Epoch epoch : history) {
      if (epoch.validationLoss() < lowest.validationLoss()) {
        lowest = epoch;
      }
    }
    return lowest;
  }

  private static Epoch best(List<Epoch> history) {
    return history.reversed().stream().filter(Epoch::best).findFirst().orElse(history.getLast());
  }

  private static String gap(Epoch epoch) {
    return String.format(
        Locale.ROOT,
        "After the last epoch the gap, validation loss less training loss, is %+.4f.",
        epoch.validationLoss() - epoch.trainingLoss());
  }

  private static String loss(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }

  Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("verdict", verdict.name().toLowerCase(Locale.ROOT).replace('_', ' '));
    values.put("sentence", sentence);
    return values;
  }
}
