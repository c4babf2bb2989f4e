package dev.kiln.cuda;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a part of {@code gpu-check.sh} finds: printed for people, and kept for programs. */
public final class CheckResults {

  private final Map<String, Object> results = new LinkedHashMap<>();
  private final List<String> failures = new ArrayList<>();

  /** Creates results with nothing found yet. */
  public CheckResults() {}

  /** Prints a line. */
  public void say(String text) {
    System.out.println(text);
    System.out.flush();
  }

  /** Notes a failure, and prints it. */
  public void fail(String what) {
    failures.add(what);
    say("FAILED " + what);
  }

  /** Keeps a result. */
  public void put(String name, Object value) {
    results.put(name, value);
  }

  /** Returns the exit code: 0 if nothing failed, else 1. */
  public int exitCode() {
    return failures.isEmpty() ? 0 : 1;
  }

  /** Writes everything as JSON. */
  public void write(Path file) throws IOException {
    results.put("failures", failures);
    new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(file.toFile(), results);
  }
}
