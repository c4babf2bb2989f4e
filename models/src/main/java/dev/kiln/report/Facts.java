package dev.kiln.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A titled list of names and values, such as a configuration.
 *
 * @param title what they are about
 * @param entries the values by name, in the order in which to show them
 */
public record Facts(String title, Map<String, String> entries) {

  /** Copies the entries, keeping their order. */
  public Facts {
    entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
  }
}
