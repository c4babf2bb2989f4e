package dev.kiln.models.task;

import dev.kiln.data.Vocabulary;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What is done with a character that a network was not trained on. */
public enum UnknownCharacters {
  /** It is read as the one that stands for all unknown ones, and the user is told. */
  MAPPED,
  /** Nothing is predicted. */
  REFUSED;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Looks for characters that are not known.
   *
   * @return what the user should be told, if there are some
   * @throws IllegalArgumentException if there are some and they are refused
   */
  public Optional<String> check(String text, Vocabulary vocabulary) {
    List<String> unknown = vocabulary.unknownIn(text);
    if (unknown.isEmpty()) {
      return Optional.empty();
    }
    String characters = String.join(" ", unknown);
    return switch (this) {
      case MAPPED ->
          Optional.of(
              "'%s': %s read as unknown: the network was not trained on %s"
                  .formatted(text, characters, unknown.size() == 1 ? "it" : "them"));
      case REFUSED ->
          throw new IllegalArgumentException(
              "'%s' has characters the network was not trained on: %s; leave them out, or let them be read as unknown with --unknown mapped"
                  .formatted(text, characters));
    };
  }
}
