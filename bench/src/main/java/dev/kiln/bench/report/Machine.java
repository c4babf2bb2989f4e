package dev.kiln.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The machine that figures belong to.
 *
 * @param facts what is known of it, by name: processor, its vector instructions, cores, memory,
 *     operating system, Java
 */
public record Machine(Map<String, String> facts) {

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final Path MEMORY_INFO = Path.of("/proc/meminfo");
  private static final List<String> VECTOR_FLAGS =
      List.of(
          "avx", "avx2", "fma", "avx512f", "avx512_bf16", "avx512_vnni", "amx_tile", "amx_bf16");
  private static final double KIB_PER_GIB = 1 << 20;

  /** Returns what is known of this machine; on Linux more than elsewhere. */
  public static Machine here() throws IOException {
    Map<String, String> facts = new LinkedHashMap<>();
    Map<String, String> cpu = fields(CPU_INFO);
    facts.put(
        "processor",
        "%s, family %s, model %s"
            .formatted(
                cpu.getOrDefault("model name", System.getProperty("os.arch")),
                cpu.getOrDefault("cpu family", "unknown"),
                cpu.getOrDefault("model", "unknown")));
    List<String> flags = List.of(cpu.getOrDefault("flags", "").split(" ", -1));
    facts.put(
        "instructions",
        VECTOR_FLAGS.stream().filter(flags::contains).collect(Collectors.joining(" ")));
    facts.put("cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
    String kib = fields(MEMORY_INFO).getOrDefault("MemTotal", "0").replaceAll("\\D", "");
    facts.put("memory", "%.1f GiB".formatted(Long.parseLong(kib) / KIB_PER_GIB));
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("java", "%s %s".formatted(System.getProperty("java.vm.name"), Runtime.version()));
    return new Machine(facts);
  }

  /** The first value of every name of a file of {@code name: value} lines; none without a file. */
  private static Map<String, String> fields(Path file) throws IOException {
    Map<String, String> fields = new LinkedHashMap<>();
    if (Files.isReadable(file)) {
      for (String line : Files.readAllLines(file)) {
        int colon = line.indexOf(':');
        if (colon > 0) {
          fields.putIfAbsent(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
        }
      }
    }
    return fields;
  }

  /**
   * Returns what decides how fast kernels are against each other: the widest vector instructions
   * and the number of cores, such as {@code avx512-2}.
   */
  public String kind() {
    List<String> has = List.of(facts.getOrDefault("instructions", "").split(" ", -1));
    String widest =
        has.contains("amx_tile")
            ? "amx"
            : has.contains("avx512f") ? "avx512" : has.contains("avx2") ? "avx2" : "other";
    return widest + "-" + facts.get("cores");
  }

  /** Returns the facts in one line. */
  public String describe() {
    return facts.entrySet().stream()
        .filter(fact -> !fact.getValue().isEmpty())
        .map(fact -> fact.getKey() + " " + fact.getValue())
        .collect(Collectors.joining("; "));
  }
}
