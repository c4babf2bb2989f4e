package dev.kiln.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;

/**
 * The scratch memory of cuBLAS handles that other libraries make for themselves, as cuDNN does for
 * recurrent layers. With several buffers of it to choose from, equal products may take another
 * algorithm each time; a fixed number of them makes results repeat (cuBLAS documentation, Results
 * Reproducibility).
 */
final class CublasWorkspaces {

  private static final String VARIABLE = "CUBLAS_WORKSPACE_CONFIG";
  private static final String TWO_OF_FOUR_MEBIBYTES = ":4096:2";
  private static final int KEEP = 0;

  private CublasWorkspaces() {}

  /**
   * Fixes the workspaces of all handles that this process makes from now on, unless the user has
   * chosen them. cuBLAS reads an environment variable, which Java alone cannot set.
   */
  @SuppressWarnings("restricted")
  static void fix() {
    Linker linker = Linker.nativeLinker();
    try (Arena arena = Arena.ofConfined()) {
      int status =
          (int)
              linker
                  .downcallHandle(
                      linker.defaultLookup().findOrThrow("setenv"),
                      FunctionDescriptor.of(
                          ValueLayout.JAVA_INT,
                          ValueLayout.ADDRESS,
                          ValueLayout.ADDRESS,
                          ValueLayout.JAVA_INT))
                  .invokeExact(
                      arena.allocateFrom(VARIABLE),
                      arena.allocateFrom(TWO_OF_FOUR_MEBIBYTES),
                      KEEP);
      if (status != 0) {
        throw new CudaException("setenv %s failed".formatted(VARIABLE));
      }
    } catch (RuntimeException | Error failed) {
      throw failed;
    } catch (Throwable impossible) {
      throw new AssertionError("setenv throws nothing", impossible);
    }
  }
}
