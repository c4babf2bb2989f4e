package dev.kiln.op;

import java.util.Locale;

/**
 * Derives the printed name of an operation from its type: {@code Conv2d.InputGrad} is
 * conv2d_input_grad.
 */
final class OpNames {

  private OpNames() {}

  static String of(OpSpec spec) {
    if (spec instanceof Enum<?> constant) {
      return constant.name().toLowerCase(Locale.ROOT);
    }
    Class<?> type = spec.getClass();
    Class<?> outer = type.getDeclaringClass();
    String own = snakeCase(type.getSimpleName());
    return outer == null ? own : snakeCase(outer.getSimpleName()) + "_" + own;
  }

  private static String snakeCase(String camelCase) {
    return camelCase.replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
  }
}
