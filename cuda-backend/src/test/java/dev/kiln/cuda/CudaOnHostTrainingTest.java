package dev.kiln.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.BackendProvider;
import org.junit.jupiter.api.AfterEach;

/** A few steps on the stand-ins. */
class CudaOnHostTrainingTest extends CrossBackendContract {

  @Override
  BackendProvider provider() {
    return CudaOnHost.provider();
  }

  @Override
  int steps() {
    return 5;
  }

  @AfterEach
  void nothingIsLeftAndNoRuleOfCudaWasBroken() {
    assertThat(CudaOnHost.report()).isEmpty();
  }
}
