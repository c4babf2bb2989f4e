package dev.kiln.models.explain;

import java.util.List;

/**
 * One step of an explanation.
 *
 * @param title what is done
 * @param rule the formula that is applied, on one or more lines; empty where nothing is computed
 * @param text why, in a few sentences
 * @param tables the numbers
 */
public record ExplanationStep(String title, String rule, String text, List<Table> tables) {

  /** Copies the tables. */
  public ExplanationStep {
    tables = List.copyOf(tables);
  }
}
