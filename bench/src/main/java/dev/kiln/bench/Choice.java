package dev.kiln.bench;

import dev.kiln.cli.UsageException;
import dev.kiln.models.NearestName;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Names given on the command line. */
final class Choice {

  private Choice() {}

  /**
   * Returns the names that were given, or all where none was.
   *
   * @param what what they name, for messages
   * @throws UsageException if there is no such thing; the message lists what there is
   */
  static List<String> of(String what, Collection<String> known, @Nullable List<String> given) {
    if (given == null) {
      return List.copyOf(known);
    }
    for (String name : given) {
      if (!known.contains(name)) {
        String suggestion =
            NearestName.of(name, known).map(near -> "; did you mean '" + near + "'?").orElse("");
        throw new UsageException(
            "there is no %s '%s'; there are %s%s"
                .formatted(what, name, String.join(", ", known), suggestion));
      }
    }
    return given;
  }
}
