package dev.kiln.nn;

import dev.kiln.tensor.Shape;
import java.util.Locale;

/** The names of the variables in which layers carry their state from batch to batch. */
public final class CarriedState {

  private static final String PREFIX = "carried.";

  private CarriedState() {}

  /** Training has one batch size, evaluation may have several. */
  static String name(Mode mode, String layer, Shape shape) {
    return switch (mode) {
      case TRAINING -> prefix(mode) + layer;
      case INFERENCE -> prefix(mode) + layer + shape;
    };
  }

  /** Returns whether a variable is the state that layers carry in a mode. */
  public static boolean isOf(Mode mode, String variable) {
    return variable.startsWith(prefix(mode));
  }

  private static String prefix(Mode mode) {
    return PREFIX + mode.name().toLowerCase(Locale.ROOT) + ".";
  }
}
