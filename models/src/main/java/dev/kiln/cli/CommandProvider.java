package dev.kiln.cli;

/**
 * Adds a command to {@code kiln} from another module. Registered under {@code META-INF/services},
 * and looked for only where the command that is called is none of Kiln's own.
 */
public interface CommandProvider {

  /** Returns the command's name. */
  String name();

  /** Returns the command, annotated for picocli. */
  Object command();
}
