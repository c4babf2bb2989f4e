package dev.kiln.bench;

import dev.kiln.cli.CommandProvider;

/** Adds {@code bench} to the commands. */
public final class BenchCommandProvider implements CommandProvider {

  @Override
  public String name() {
    return "bench";
  }

  @Override
  public Object command() {
    return new BenchCommand();
  }
}
