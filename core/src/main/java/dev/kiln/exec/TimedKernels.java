package dev.kiln.exec;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Kernel;
import dev.kiln.graph.Node;
import dev.kiln.profile.NodeEvent;
import dev.kiln.profile.Profile;
import dev.kiln.profile.Subject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs the kernels of a plan one at a time, each to its end, and takes the time of each. */
final class TimedKernels {

  private final Backend backend;
  private final List<Subject> subjects;
  private final List<Kernel> kernels;
  private @Nullable Profile profile;
  private int[] numbers = {};

  TimedKernels(Backend backend, List<Step> steps, List<Kernel> kernels) {
    this.backend = backend;
    this.kernels = kernels;
    this.subjects = steps.stream().map(TimedKernels::subject).toList();
  }

  private static Subject subject(Step step) {
    Node node = step.node();
    String result = node.outputs().isEmpty() ? "" : node.outputs().getFirst().type().toString();
    return new Subject(node.name(), node.spec().opName(), step.op().describe(), result);
  }

  /** Records the times of all later runs. */
  void recordIn(Profile wanted) {
    profile = wanted;
    numbers = subjects.stream().mapToInt(wanted::number).toArray();
  }

  /** Returns whether anybody wants to know the times at present. */
  boolean areWanted() {
    return profile != null || NodeEvent.isWanted();
  }

  /** Runs all kernels. */
  void run() {
    for (int i = 0; i < kernels.size(); i++) {
      NodeEvent event = new NodeEvent(subjects.get(i));
      event.begin();
      long begin = System.nanoTime();
      kernels.get(i).run();
      backend.synchronize();
      long end = System.nanoTime();
      event.commit();
      if (profile != null) {
        profile.record(numbers[i], begin, end);
      }
    }
  }
}
