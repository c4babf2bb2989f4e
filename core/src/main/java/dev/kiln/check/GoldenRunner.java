package dev.kiln.check;

import dev.kiln.backend.Backend;
import dev.kiln.backend.OutOfMemoryException;
import dev.kiln.backend.UnsupportedSpecException;
import dev.kiln.safetensors.SafetensorsFile;
import dev.kiln.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs golden cases on a backend. A damaged case is a failed case, never a crash. */
final class GoldenRunner {

  private static final Procedure OPERATION = new OperationProcedure();
  private static final Map<String, Procedure> OTHERS =
      Map.of(
          "optimizer", new OptimizerProcedure(),
          "clip_grad_norm", new ClippingProcedure(),
          "lr_schedule", new ScheduleProcedure(),
          "trace", new TraceProcedure());

  private final Backend backend;

  GoldenRunner(Backend backend) {
    this.backend = backend;
  }

  /** Runs one case. */
  CaseResult run(GoldenFile source) {
    GoldenCase golden;
    try (SafetensorsFile file = source.open()) {
      golden = GoldenCase.read(source.name(), file);
    } catch (IOException | IllegalArgumentException damaged) {
      return CaseResult.failed(source.name(), source.name(), message(damaged));
    }
    String operation = operation(golden);
    try {
      return CaseResult.compared(operation, golden.name(), deviations(golden));
    } catch (UnknownOperationException unknown) {
      return CaseResult.skipped(operation, golden.name(), message(unknown));
    } catch (IllegalArgumentException
        | ArithmeticException
        | UnsupportedSpecException
        | OutOfMemoryException refused) {
      return CaseResult.failed(operation, golden.name(), message(refused));
    }
  }

  private List<Deviation> deviations(GoldenCase golden) {
    Map<String, Tensor> computed =
        OTHERS.getOrDefault(golden.op(), OPERATION).compute(backend, golden);
    List<Deviation> deviations = new ArrayList<>();
    golden
        .expected()
        .forEach((name, want) -> {
          Tensor got = computed.get(name);
          if (got == null) {
            throw new IllegalArgumentException(
                "%s is expected, but %s has no such result".formatted(name, golden.op()));
          }
          deviations.add(golden.tolerance().worst(name, got, want));
        });
    return deviations;
  }

  /** The operation, with the name of the optimizer or schedule behind it. */
  private static String operation(GoldenCase golden) {
    return golden.attributes().has("name")
        ? golden.op() + "." + golden.attributes().text("name")
        : golden.op();
  }

  private static String message(Exception exception) {
    String message = exception.getMessage();
    return message == null ? exception.toString() : message;
  }
}
