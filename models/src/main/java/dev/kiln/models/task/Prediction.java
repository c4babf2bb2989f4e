package dev.kiln.models.task;

import java.util.Map;

/** What a network says of a sample. */
public interface Prediction {

  /**
   * Returns it for people, with a line break at the end.
   *
   * @param most how many alternatives to show
   */
  String render(int most);

  /** Returns it for programs. */
  Map<String, Object> toMap();
}
