package dev.kiln.cuda;

import dev.kiln.backend.BackendProvider;
import org.junit.jupiter.api.Assumptions;

/** The GPU of this machine, if there is one. */
public final class Gpu {

  private Gpu() {}

  /**
   * Returns the provider; skips the test where there is no GPU, unless {@code -Drequire.cuda=true}.
   */
  public static BackendProvider provider() {
    Assumptions.assumeFalse(CudaOnHost.isLoaded(), "this process has loaded cuda-on-host");
    BackendProvider provider = new CudaProvider();
    if (!Boolean.getBoolean("require.cuda")) {
      provider
          .unavailableReason()
          .ifPresent(reason -> Assumptions.abort("cuda is not available: " + reason));
    }
    return provider;
  }
}
