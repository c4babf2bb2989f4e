package dev.kiln.bench;

import dev.kiln.backend.Backend;
import dev.kiln.bench.report.Conditions;
import dev.kiln.bench.report.Machine;
import dev.kiln.bench.roofline.Roof;
import dev.kiln.bench.roofline.Roofline;
import dev.kiln.bench.scaling.Scaling;
import dev.kiln.bench.scaling.Sizes;
import dev.kiln.bench.workload.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** What is measured of Kiln alone, in this process. */
final class Analyses {

  private final PrintWriter out;
  private final Backend backend;
  private final Conditions conditions;

  Analyses(PrintWriter out, Backend backend, Conditions conditions) {
    this.out = out;
    this.backend = backend;
    this.conditions = conditions;
  }

  private void head() throws IOException {
    out.println(Machine.here().describe());
    out.println("%s: %s".formatted(backend.name(), backend.description()));
    out.flush();
  }

  /** Prints for every workload how far each node of its training step is from the roof. */
  void roofline(List<Workload> workloads) throws IOException, InterruptedException {
    head();
    Roof roof = Roof.measure(backend, conditions.threads());
    out.println("roof: " + roof.describe());
    try (Progress progress = new Progress(out, "roofline", workloads.size())) {
      for (Workload workload : workloads) {
        progress.at(workload.name());
        Roofline roofline = Roofline.of(workload, backend, roof, conditions.seconds());
        progress.done(1);
        progress.pause();
        out.println(
            "%n%s: %.0f µs in the nodes of a step, of which the roof would leave %.0f%%"
                .formatted(workload.name(), 1e6 * roofline.seconds(), 100 * roofline.share()));
        roofline.table().text().forEach(line -> out.println("  " + line));
        out.flush();
      }
    }
  }

  /** Prints speed and memory with growing batches of workloads, and with growing depth. */
  void scaling(List<Workload> workloads) throws IOException {
    head();
    List<Workload> sizes = new ArrayList<>(Sizes.batches(workloads));
    sizes.addAll(Sizes.depths());
    List<Scaling> measured = new ArrayList<>();
    try (Progress progress = new Progress(out, "scaling", sizes.size())) {
      for (Workload size : sizes) {
        progress.at("%s, batch %d".formatted(size.name(), size.batch()));
        measured.add(Scaling.measure(size, backend, conditions.seconds()));
        progress.done(1);
      }
    }
    Scaling.table(measured).text().forEach(out::println);
    double worst = measured.stream().mapToDouble(Scaling::error).max().orElseThrow();
    out.println("%nThe plan was wrong by %.2f%% at most.".formatted(100 * worst));
    out.flush();
  }
}
