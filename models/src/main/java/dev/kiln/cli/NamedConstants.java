package dev.kiln.cli;

import dev.kiln.models.NearestName;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Enum constants as users write them: in small letters, with hyphens. */
final class NamedConstants {

  private NamedConstants() {}

  /** Returns a constant's name for users. */
  static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Returns the constant of a name.
   *
   * @param what what the constants are, for messages
   * @throws UsageException if there is none; the message lists them
   */
  static <E extends Enum<E>> E find(String what, E[] constants, String name) {
    return Arrays.stream(constants)
        .filter(constant -> name(constant).equals(name))
        .findFirst()
        .orElseThrow(
            () -> unknown(what, name, Arrays.stream(constants).map(NamedConstants::name).toList()));
  }

  /** Returns the error of a name that does not exist. */
  static UsageException unknown(String what, String name, List<String> known) {
    String suggestion =
        NearestName.of(name, known).map(near -> "; did you mean '" + near + "'?").orElse("");
    return new UsageException(
        "there is no %s '%s'; there are %s%s"
            .formatted(what, name, String.join(", ", known), suggestion));
  }
}
