package dev.kiln.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the metric that a training followed says of how it went, on training and validation data.
 *
 * @param metric the name of the metric without the part of the data, such as {@code loss}
 * @param verdict what happened
 * @param sentence the same in plain words, with the figures it rests on
 */
public record GeneralizationGap(String metric, Verdict verdict, String sentence) {

  /** What happened in a training, told from the metric it followed. */
  public enum Verdict {
    /** There is no value of the validation data to compare with. */
    NOT_MEASURED,
    /** There are too few epochs to tell. */
    TOO_SHORT,
    /** Validation has become worse by {@link #RISE} since its best while training became better. */
    OVERFITTING,
    /** The last epoch was the best, and the last tenth of the epochs still gained {@link #GAIN}. */
    STILL_LEARNING,
    /** Neither became better by {@link #FALL} than it was after the first epoch. */
    UNDERFITTING,
    /** Validation neither became much worse than its best nor would become much better. */
    BALANCED
  }

  private static final int FEWEST_EPOCHS = 3;
  private static final double RISE = 0.10;
  private static final double GAIN = 0.03;
  private static final double FALL = 0.05;

  /**
   * Judges a training by its epochs.
   *
   * @param history the epochs, from the first
   * @param metric the metric that decided which was best
   */
  public static GeneralizationGap of(List<Epoch> history, FollowedMetric metric) {
    return new Judgement(history, metric).gap();
  }

  /** The epochs of a training in the light of the metric it followed. */
  private record Judgement(List<Epoch> history, FollowedMetric metric) {

    GeneralizationGap gap() {
      if (history.isEmpty() || Double.isNaN(metric.validation(history.getLast()))) {
        return gap(
            Verdict.NOT_MEASURED,
            "There is no validation %s%s, so nothing can be said of under- or overfitting.",
            metric.title(),
            history.isEmpty() ? "" : " of the last epoch");
      }
      if (history.size() < FEWEST_EPOCHS) {
        return gap(
            Verdict.TOO_SHORT,
            "%s too few to tell under- from overfitting. %s",
            history.size() == 1 ? "One epoch is" : history.size() + " epochs are",
            lastGap());
      }
      return judged();
    }

    private GeneralizationGap judged() {
      Epoch first = history.getFirst();
      Epoch last = history.getLast();
      Epoch foremost = foremost();
      if (metric.isWorseBy(RISE, metric.validation(last), metric.validation(foremost))
          && metric.isBetter(metric.training(last), metric.training(foremost))) {
        return gap(
            Verdict.OVERFITTING,
            "Overfitting after epoch %d: since then the training %s %s from %s to %s, but the"
                + " validation %s %s from %s to %s.%s More data, augmentation, dropout, weight"
                + " decay or a smaller network may help.",
            foremost.number(),
            metric.title(),
            metric.improved(),
            value(metric.training(foremost)),
            value(metric.training(last)),
            metric.title(),
            metric.worsened(),
            value(metric.validation(foremost)),
            value(metric.validation(last)),
            checkpoint().orElse(""));
      }
      // What is undefined is no sign of underfitting.
      if (!Double.isNaN(metric.training(first) + metric.training(last))
          && !metric.isBetterBy(FALL, metric.training(last), metric.training(first))
          && !metric.isBetterBy(FALL, metric.validation(foremost), metric.validation(first))) {
        return gap(
            Verdict.UNDERFITTING,
            "Underfitting: the training %s only went from %s to %s. A larger network, another"
                + " learning rate or more epochs may help.",
            metric.title(),
            value(metric.training(first)),
            value(metric.training(last)));
      }
      Epoch earlier = history.get(history.size() - 1 - Math.max(1, history.size() / 10));
      if (last.best()
          && foremost.number() == last.number()
          && metric.isBetterBy(GAIN, metric.validation(last), metric.validation(earlier))) {
        return gap(
            Verdict.STILL_LEARNING,
            "Still learning: the last epoch was the best, and the validation %s %s from %s in epoch"
                + " %d to %s. More epochs would %s it further. %s",
            metric.title(),
            metric.improved(),
            value(metric.validation(earlier)),
            earlier.number(),
            value(metric.validation(last)),
            metric.improve(),
            lastGap());
      }
      return gap(
          Verdict.BALANCED,
          "Neither under- nor overfitting stands out: the validation %s was %s in epoch %d, with"
              + " %s, and is %s after the last.%s %s",
          metric.title(),
          metric.extreme(),
          foremost.number(),
          value(metric.validation(foremost)),
          value(metric.validation(last)),
          foremost.best() && foremost.number() == bestNumber() ? "" : checkpoint().orElse(""),
          lastGap());
    }

    /** Returns the epoch with the best value of the validation data. */
    private Epoch foremost() {
      Epoch foremost = history.getFirst();
      for (Epoch epoch : history) {
        double value = metric.validation(epoch);
        double best = metric.validation(foremost);
        if (metric.isBetter(value, best) || (Double.isNaN(best) && !Double.isNaN(value))) {
          foremost = epoch;
        }
      }
      return foremost;
    }

    /** Returns the number of the epoch that the training itself held for the best, 0 for none. */
    private long bestNumber() {
      return history.reversed().stream()
          .filter(Epoch::best)
          .mapToLong(Epoch::number)
          .findFirst()
          .orElse(0);
    }

    private Optional<String> checkpoint() {
      return bestNumber() == 0
          ? Optional.empty()
          : Optional.of(
              " The best checkpoint, by %s, is that of epoch %d."
                  .formatted(Titles.inSentence(metric.monitor()), bestNumber()));
    }

    private String lastGap() {
      Epoch last = history.getLast();
      if (Double.isNaN(metric.training(last))) {
        return String.format(
            Locale.ROOT,
            "There is no training %s of the last epoch to compare it with: it was not measured, or"
                + " the epoch was resumed in its midst.",
            metric.title());
      }
      return String.format(
          Locale.ROOT,
          "After the last epoch the gap, validation %s less training %s, is %+.4f.",
          metric.title(),
          metric.title(),
          metric.validation(last) - metric.training(last));
    }

    private GeneralizationGap gap(Verdict verdict, String sentence, Object... figures) {
      return new GeneralizationGap(
          metric.id(), verdict, String.format(Locale.ROOT, sentence, figures));
    }

    private static String value(double value) {
      return Double.isNaN(value) ? "undefined" : String.format(Locale.ROOT, "%.4f", value);
    }
  }

  Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("metric", metric);
    values.put("verdict", verdict.name().toLowerCase(Locale.ROOT).replace('_', ' '));
    values.put("sentence", sentence);
    return values;
  }
}
