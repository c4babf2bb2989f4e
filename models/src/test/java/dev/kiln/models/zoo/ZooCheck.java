package dev.kiln.models.zoo;

import dev.kiln.cuda.CheckResults;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The part {@code training} of {@code gpu-check.sh}: the zoo, trained on a GPU and on the CPU. */
final class ZooCheck {

  private static final int WARM_UP = 20;

  private ZooCheck() {}

  /**
   * Trains every network; ends with 0 if nothing failed, else with 1.
   *
   * @param args the file to write, the number of steps, and the size: full or small
   */
  public static void main(String[] args) throws IOException {
    int steps = Integer.parseInt(args[1]);
    CheckResults results = new CheckResults();
    List<Map<String, Object>> trainings = new ArrayList<>();
    for (ZooTraining training : ZooTraining.all(size(args[2]))) {
      try {
        trainings.add(train(training, steps, results));
      } catch (RuntimeException failed) {
        // Whatever goes wrong in one is told, and the next one begins.
        results.fail("%s: %s".formatted(training.name(), failed));
      }
    }
    results.put("steps", steps);
    results.put("trainings", trainings);
    results.write(Path.of(args[0]));
    System.exit(results.exitCode());
  }

  private static ZooTraining.Size size(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "full" -> ZooTraining.Size.FULL;
      case "small" -> ZooTraining.Size.SMALL;
      default -> throw new IllegalArgumentException("there is no size " + name);
    };
  }

  private static Map<String, Object> train(ZooTraining training, int steps, CheckResults results) {
    Agreement agreement = Agreement.of(training, steps);
    double largest = agreement.largestDifference();
    int warmUp = Math.min(WARM_UP, steps);
    double onGpu = training.millisecondsPerStep(Agreement.CUDA, warmUp, 4 * steps);
    double onCpu = training.millisecondsPerStep(Agreement.CPU, warmUp, Math.max(1, steps / 5));
    results.say(
        "%s, batch %d: %d steps, losses differ from onednn's by %.1e at most, two runs give %s bits; %.3f ms a step, onednn %.3f ms"
            .formatted(
                training.name(),
                training.batch(),
                steps,
                largest,
                agreement.repeats() ? "the same" : "OTHER",
                onGpu,
                onCpu));
    if (!(largest <= training.pace().tolerance())) {
      results.fail("%s: the losses differ by %s from onednn's".formatted(training.name(), largest));
    }
    if (!agreement.repeats()) {
      results.fail(training.name() + ": two runs from the same seed give other bits");
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("name", training.name());
    result.put("batch", training.batch());
    result.put("largest-difference", largest);
    result.put("repeats-its-bits", agreement.repeats());
    result.put("cuda-milliseconds-per-step", onGpu);
    result.put("onednn-milliseconds-per-step", onCpu);
    return result;
  }
}
