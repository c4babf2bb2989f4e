package dev.kiln.bench.peer;

import dev.kiln.bench.driver.Driver;
import dev.kiln.bench.driver.Framework;
import dev.kiln.bench.driver.Job;
import dev.kiln.bench.driver.Training;
import dev.kiln.bench.driver.UnsupportedWorkloadException;
import java.io.IOException;

/**
 * A process that does as the workload's name tells it, and breaks at the step that the system
 * property {@code fake.breaks} says.
 */
public final class FakeDriver implements Framework {

  private FakeDriver() {}

  public static void main(String[] args) throws IOException {
    Driver.serve(new FakeDriver(), args);
  }

  @Override
  public String version() {
    return "Fake 1.0";
  }

  @Override
  public Training open(Job job) {
    System.out.println("a framework's own output");
    return switch (job.workload()) {
      case "unsupported" -> throw new UnsupportedWorkloadException("Fake has no GRU");
      case "broken" -> throw new IllegalStateException("Fake is broken");
      default -> new Halving();
    };
  }

  private static final class Halving implements Training {

    private final int breaks = Integer.getInteger("fake.breaks", Integer.MAX_VALUE);
    private double loss = 2;
    private int steps;

    @Override
    public long parameters() {
      return 42;
    }

    @Override
    public void step() {
      steps++;
      if (steps == breaks) {
        throw new IllegalStateException("Fake broke at step " + steps);
      }
      loss = steps < 20 ? loss / 2 : loss;
    }

    @Override
    public double loss() {
      return loss;
    }
  }
}
