package dev.kiln.cli;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.kiln.backend.Backend;
import dev.kiln.exec.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a training ran on, as {@code environment.json} in its folder holds it. */
final class RunEnvironment {

  private RunEnvironment() {}

  /** Returns what this process runs on. */
  static Map<String, String> of(Backend backend) {
    Map<String, String> entries = new LinkedHashMap<>();
    entries.put("backend", backend.name() + ": " + backend.description());
    entries.put("precision", backend.precision().toString());
    entries.put("kiln", KilnVersion.number());
    entries.put("java", "%s, %s".formatted(Runtime.version(), System.getProperty("java.vm.name")));
    entries.put(
        "system",
        "%s %s, %s"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch")));
    entries.put("processors", String.valueOf(Runtime.getRuntime().availableProcessors()));
    entries.put(
        "time",
        LocalDateTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS).toString());
    return entries;
  }

  /**
   * Writes what a training runs on, and the memory that its plan takes.
   *
   * @param plan the plan of a training step
   */
  static void write(RunFolder folder, Backend backend, Plan plan) throws IOException {
    Map<String, String> entries = of(backend);
    entries.put("memory of a training step", "%,d bytes".formatted(plan.totalBytes()));
    entries.put("of it for activations and gradients", "%,d bytes".formatted(plan.arenaBytes()));
    entries.put("for inputs", "%,d bytes".formatted(plan.inputBytes()));
    entries.put("for parameters and state", "%,d bytes".formatted(plan.variableBytes()));
    RunFolder.write(folder.environment(), Json.text(entries) + "\n");
  }

  /** Reads what a training ran on; nothing where that was not kept. */
  static Map<String, String> read(RunFolder folder) throws IOException {
    if (!Files.exists(folder.environment())) {
      return Map.of();
    }
    return ConfigLayers.JSON.readValue(
        Files.readString(folder.environment()),
        new TypeReference<LinkedHashMap<String, String>>() {});
  }
}
