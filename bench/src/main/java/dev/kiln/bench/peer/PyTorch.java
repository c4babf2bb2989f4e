package dev.kiln.bench.peer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** PyTorch, where there is a Python that has it. */
final class PyTorch {

  private static final String SCRIPT = "pytorch_driver.py";

  /** The exit code of a Python that has PyTorch, but not what is needed besides. */
  private static final int LACKS = 3;

  private static final String ADVICE =
      "; install Python 3 and 'pip install numpy torch', on a machine without a GPU with"
          + " '--index-url https://download.pytorch.org/whl/cpu', or name a Python that has it by"
          + " KILN_PYTHON";

  private static final String PROBE =
      """
      import os, shutil, sys
      import torch, numpy
      def lacks(what):
          print(what)
          sys.exit(%d)
      if sys.argv[1] == "cuda" and not torch.cuda.is_available():
          lacks("its PyTorch sees no GPU")
      if sys.argv[1:] == ["cpu", "compiled"] and not shutil.which(os.environ.get("CXX", "g++")):
          lacks("torch.compile needs a C++ compiler; install g++, or name another by CXX")
      """
          .formatted(LACKS);

  private PyTorch() {}

  /** What it computes on. */
  enum Device {
    CPU,
    CUDA;

    private String argument() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Returns the command of the driver.
   *
   * @param folder where the script is put
   * @param mode {@code eager}, {@code compiled} or, on a GPU, {@code graphs}
   * @throws AbsentPeerException if there is no Python, or it has no PyTorch for the device
   */
  static List<String> command(Path folder, Device device, String mode)
      throws IOException, InterruptedException {
    String python = Objects.requireNonNullElse(System.getenv("KILN_PYTHON"), "python3");
    check(python, device, mode);
    Path script = folder.resolve(SCRIPT);
    try (InputStream resource = Objects.requireNonNull(PyTorch.class.getResourceAsStream(SCRIPT))) {
      Files.copy(resource, script, StandardCopyOption.REPLACE_EXISTING);
    }
    return new ArrayList<>(List.of(python, script.toString(), device.argument(), mode));
  }

  private static void check(String python, Device device, String mode) throws InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder(python, "-c", PROBE, device.argument(), mode)
              .redirectErrorStream(true)
              .start();
    } catch (IOException missing) {
      throw new AbsentPeerException("there is no " + python + ADVICE);
    }
    String said = "";
    try (var reader = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        said = line;
      }
    } catch (IOException broken) {
      said = String.valueOf(broken.getMessage());
    }
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AbsentPeerException("%s does not end".formatted(python));
    }
    if (process.exitValue() != 0) {
      String advice = process.exitValue() == LACKS ? "" : ADVICE;
      throw new AbsentPeerException("%s says: %s%s".formatted(python, said, advice));
    }
  }
}
