package dev.kiln.bench.peer;

import dev.kiln.bench.driver.Driver;
import dev.kiln.bench.driver.Framework;
import dev.kiln.bench.driver.Job;
import dev.kiln.bench.driver.Training;
import dev.kiln.bench.driver.UnsupportedWorkloadException;
import java.io.IOException;

/** A process that does as the workload's name tells it. */
final class FakeDriver implements Framework {

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

    private double loss = 2;

    @Override
    public long parameters() {
      return 42;
    }

    @Override
    public void step() {
      loss /= 2;
    }

    @Override
    public double loss() {
      return loss;
    }
  }
}
