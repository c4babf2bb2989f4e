package dev.kiln.train.schedule;

/**
 * Follows half a cosine from {@code base} down to {@code least} (Loshchilov, Hutter 2017) and,
 * where training goes on, up again.
 *
 * @param base the first rate
 * @param steps the length of the half wave
 * @param least the lowest rate
 */
public record CosineAnnealing(double base, long steps, double least)
    implements LearningRateSchedule {

  @Override
  public double rate(long step) {
    return least + (base - least) * (1 + Math.cos(Math.PI * step / steps)) / 2;
  }
}
